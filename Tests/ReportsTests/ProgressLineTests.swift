import Reports
import Testing

@Suite struct ProgressLineTests {
  static let usual = ProgressLine(
    epoch: 3, epochs: 40, step: 412, steps: 937, loss: 0.43121, accuracy: 0.84214, imagesPerSecond: 1234,
    secondsLeft: 222)

  /// Written by hand: 412/937 of the bar's cells, rounded down.
  @Test(arguments: [
    (20, " 3/40 loss 0.4312"),
    (30, " 3/40 loss 0.4312  3:42 left"),
    (40, " 3/40 [===>     ] loss 0.4312  3:42 left"),
    (60, "epoch  3/40 [======>        ] loss 0.4312 84.21 %  3:42 left"),
    (80, "epoch  3/40 [=====>      ] 412/937 loss 0.4312 84.21 % 1,234 images/s  3:42 left"),
    (
      200,
      "epoch  3/40 [=================>                      ] 412/937 loss 0.4312 84.21 % 1,234 images/s  3:42 left"
    ),
  ])
  func golden(_ width: Int, _ line: String) { #expect(Self.usual.text(width: width, style: .ascii) == line) }

  /// 3/8 of 40 cells are 15 whole ones; 13/64 of them are 8 and an eighth.
  @Test func blocksCountEighths() {
    func bar(_ step: Int, _ steps: Int) -> String {
      let line = ProgressLine(epoch: 1, epochs: 1, step: step, steps: steps, loss: 1).text(width: 200)
      return String(line.split(separator: "[")[1].split(separator: "]")[0])
    }
    #expect(bar(3, 8) == String(repeating: "█", count: 15) + String(repeating: " ", count: 25))
    #expect(bar(13, 64) == String(repeating: "█", count: 8) + "▏" + String(repeating: " ", count: 31))
    #expect(bar(0, 8) == String(repeating: " ", count: 40))
    #expect(bar(8, 8) == String(repeating: "█", count: 40))
    // Nonsense stays inside the bar.
    #expect(bar(9, 8) == bar(8, 8))
    #expect(bar(-1, 8) == bar(0, 8))
    #expect(bar(1, 0) == bar(0, 8))
  }

  /// No width is exceeded, and wherever there is room the bar uses all of it: its brackets hold what the rest leaves.
  @Test func everyWidthFits() {
    let lines = [
      Self.usual,
      ProgressLine(epoch: 1, epochs: 1, step: 0, steps: 0, loss: .nan),
      ProgressLine(
        epoch: 1000, epochs: 1000, step: 99_999, steps: 100_000, loss: 123456.789, accuracy: 1, imagesPerSecond: 3.25,
        secondsLeft: 1e6),
      ProgressLine(epoch: 1, epochs: 2, step: 1, steps: 2, loss: .infinity, imagesPerSecond: .nan, secondsLeft: .nan),
    ]
    for line in lines {
      for style in [ProgressLine.Style.blocks, .ascii] {
        for width in 20...200 {
          let text = line.text(width: width, style: style)
          #expect(text.count <= width, "\(width): \(text)")
          #expect(text.contains("/\(line.epochs)"))
          if let open = text.firstIndex(of: "["), let close = text.firstIndex(of: "]") {
            let cells = text.distance(from: open, to: close) - 1
            #expect(cells == 40 || text.count == width, "\(width): \(text)")
            #expect((8...40).contains(cells))
          }
        }
      }
    }
    #expect(Self.usual.text(width: 3) == "3/4")
    #expect(Self.usual.text(width: 0) == "")
    #expect(Self.usual.text(width: -5) == "")
  }

  @Test func missingPartsLeaveNoGap() {
    let line = ProgressLine(epoch: 1, epochs: 5, step: 2, steps: 4, loss: 2.5)
    #expect(line.text(width: 50, style: .ascii) == "epoch 1/5 [===========>          ] 2/4 loss 2.5000")
  }

  /// Within an epoch the line keeps its length, so that nothing jumps.
  @Test func lengthIsStable() {
    let lengths = [1, 10, 100, 937].map { step in
      ProgressLine(
        epoch: 3, epochs: 40, step: step, steps: 937, loss: 2.3, accuracy: step == 1 ? 0.05 : 0.5,
        imagesPerSecond: step == 1 ? 9 : 1234, secondsLeft: Double(1000 - step)
      ).text(width: 120).count
    }
    #expect(Set(lengths).count == 1, "\(lengths)")
  }
}
