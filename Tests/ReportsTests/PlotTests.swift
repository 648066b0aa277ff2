import Foundation
import Reports
import Testing

@Suite struct PlotTests {
  static let records = [
    EpochRecord(
      epoch: 1, trainLoss: 0.75, trainAccuracy: 0.5, validationLoss: 1, validationAccuracy: 0.25, learningRate: 0.1,
      seconds: 12.5),
    EpochRecord(epoch: 2, trainLoss: 0.5, trainAccuracy: 0.75, learningRate: 1e-5),
    EpochRecord(epoch: 3, trainLoss: 0.25, trainAccuracy: 0.875, validationLoss: .nan, validationAccuracy: 0.5),
  ]

  @Test func goldenCSV() {
    #expect(
      LearningCurves.plot(Self.records, title: "t").data.csv == """
        epoch,train_loss,validation_loss,train_accuracy_percent,validation_accuracy_percent,learning_rate,seconds
        1,0.75,1,50,25,0.1,12.5
        2,0.5,,75,,1e-05,
        3,0.25,nan,87.5,50,,

        """)
  }

  @Test func csvTextsAreQuoted() {
    let table = DataTable([
      .init("name, of \"it\"", labels: ["a", "b,c", "say \"x\"", "two\r\nlines"]),
      .init("n", [1, -0.5, .infinity, 1e300]),
    ])
    #expect(
      table.csv == "\"name, of \"\"it\"\"\",n\na,1\n\"b,c\",-0.5\n\"say \"\"x\"\"\",inf\ntwo  lines,1e+300\n")
  }

  /// Every number reads back as the same bits.
  @Test func csvNumbersRoundTrip() throws {
    let values = [0.1, 1.0 / 3, .pi * 1e-300, 4e15, 123456789.125, .leastNonzeroMagnitude, -7, 0.1 + 0.2]
    let lines = DataTable([.init("x", values)]).csv.split(separator: "\n").dropFirst()
    #expect(lines.map { Double($0) } == values)
  }

  /// One panel by hand: loss from 0.25 to 1 with a margin of 6 % of 0.75; the end labels at (0.25 − 0.205) / 0.84 for
  /// the training and (1 − 0.205) / 0.84 for the last finite validation loss. The paths would be commands without `./`.
  @Test func goldenScript() {
    let records = Self.records.map {
      EpochRecord(epoch: $0.epoch, trainLoss: $0.trainLoss, validationLoss: $0.validationLoss)
    }
    let script = LearningCurves.plot(records, title: "it's `x`", lossLabel: "loss [nats]")
      .gnuplotScript(csvPath: "<a b's.csv", outputPath: "|c.svg")
    #expect(
      script == """
        set encoding utf8
        set terminal svg size 720,420 dynamic noenhanced font 'sans-serif,14' background '#ffffff'
        set output './|c.svg'
        set datafile separator ','
        set tmargin 1.5
        set format '%g'
        set border 3 linewidth 1 linecolor rgb '#333333'
        set tics nomirror out textcolor rgb '#333333'
        set grid ytics linetype 1 linewidth 0.6 linecolor rgb '#dddddd'
        set multiplot layout 1,1 title 'it''s `x`' font ',17' textcolor rgb '#333333'
        set xlabel 'epoch' textcolor rgb '#333333'
        set ylabel 'loss [nats]' textcolor rgb '#333333'
        unset label
        set yrange [0.205:1.045]
        unset key
        set rmargin 16
        set xrange [1:3]
        set xtics 1
        set label 1 'train 0.250' at graph 1,0.0536 left offset character 0.8,0 textcolor rgb '#0072b2'
        set label 2 'validation 1.000' at graph 1,0.9464 left offset character 0.8,0 textcolor rgb '#d55e00'
        plot './<a b''s.csv' skip 1 using 1:2 with linespoints pointtype 7 pointsize 0.6 linewidth 2 linecolor rgb '#0072b2' notitle, \\
             './<a b''s.csv' skip 1 using 1:3 with linespoints pointtype 5 pointsize 0.6 linewidth 2 linecolor rgb '#d55e00' notitle
        unset multiplot
        set output

        """)
  }

  @Test func panelsFollowWhatWasMeasured() {
    let plot = LearningCurves.plot(Self.records, title: "t")
    #expect(plot.panels.map(\.yLabel) == ["cross-entropy loss [nats]", "accuracy [%]"])
    let loss = LearningCurves.plot([EpochRecord(epoch: 1, trainLoss: 1)], title: "t", lossLabel: "squared error")
    #expect(loss.panels.map(\.yLabel) == ["squared error"])
    #expect(LearningCurves.plot([], title: "t").panels.count == 1)
  }

  /// Labels of curves that end close to each other keep 0.065 of the height between them and stay below the top.
  @Test func endLabelsDoNotOverlap() throws {
    let records = [0.1, 0.99].map {
      EpochRecord(epoch: $0 < 0.5 ? 1 : 2, trainLoss: 1, trainAccuracy: $0, validationAccuracy: $0 - 0.001)
    }
    let script = LearningCurves.plot(records, title: "t").gnuplotScript(csvPath: "c", outputPath: "o.svg")
    let heights = script.split(separator: "\n").filter { $0.contains("set label") && !$0.contains("train 1.000") }
      .compactMap { line in line.split(separator: "graph 1,").last?.split(separator: " ").first.flatMap { Double($0) } }
    try #require(heights.count == 2)
    #expect(heights[0] - heights[1] >= 0.0649)
    #expect(heights.allSatisfy { $0 <= 1 })
  }

  /// Ticks at whole epochs: the step grows 1, 2, 5, 10, 20, 50, … so that there are at most eight.
  @Test(arguments: [(2, 1), (9, 1), (10, 2), (17, 2), (18, 5), (41, 5), (42, 10), (300, 50), (402, 100)])
  func wholeTicks(_ epochs: Int, _ step: Int) {
    let records = (1...epochs).map { EpochRecord(epoch: $0, trainLoss: Double($0)) }
    let script = LearningCurves.plot(records, title: "t").gnuplotScript(csvPath: "c", outputPath: "o.svg")
    #expect(script.contains("set xtics \(step)\n"))
    // Markers only while they do not hide the line.
    #expect(script.contains("linespoints") == (epochs <= 30))
  }

  @Test func goldenBars() {
    let data = DataTable([
      .init("network", labels: ["MLP", "Dense's"]), .init("nncc", [4, 2]), .init("other", [2, nil]),
    ])
    let plot = Plot(
      title: "t", xLabel: "network", data: data,
      panels: [
        .init(
          yLabel: "images/s", series: [.init("nncc", column: 1), .init("other", column: 2)], style: .bars)
      ])
    let script = plot.gnuplotScript(csvPath: "c.csv", outputPath: "o.png")
    #expect(script.contains("set terminal pngcairo size 1440,840 noenhanced"))
    #expect(
      script.contains(
        """
        set yrange [0:4.24]
        set rmargin 2
        set xrange [-0.6:1.6]
        set xtics ('MLP' 0, 'Dense''s' 1)
        set key outside top left horizontal Left reverse textcolor rgb '#333333'
        set style fill solid 1 noborder
        set boxwidth 0.4000
        plot './c.csv' skip 1 using ($0+(-0.2000)):2 with boxes linecolor rgb '#0072b2' title 'nncc', \\
             './c.csv' skip 1 using ($0+(0.2000)):3 with boxes linecolor rgb '#d55e00' title 'other'

        """))
  }
}
