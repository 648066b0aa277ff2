import Reports
import Testing

/// Expected texts follow from the definitions (1 KiB = 1024 B, three significant digits), worked out by hand.
@Suite struct FormatTests {
  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (769_162, "769,162"), (19_421_274, "19,421,274"),
    (-1_234_567, "-1,234,567"), (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func counts(_ value: Int, _ text: String) { #expect(Format.count(value) == text) }

  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (1536, "1.50 KiB"), (10_240, "10.0 KiB"), (102_400, "100 KiB"),
    (1_048_063, "1,023 KiB"), (1_048_064, "1.00 MiB"), (1_048_576, "1.00 MiB"), (12_897_485, "12.3 MiB"),
    (5_368_709_120, "5.00 GiB"), (Int.max, "8.00 EiB"), (-2048, "-2.00 KiB"),
  ])
  func bytes(_ value: Int, _ text: String) { #expect(Format.bytes(value) == text) }

  @Test(arguments: [
    (0, "0 ns"), (850e-9, "850 ns"), (999.6e-9, "1.00 µs"), (12.34e-6, "12.3 µs"), (12.34e-3, "12.3 ms"),
    (0.9999, "1.00 s"), (4.556, "4.56 s"), (59.94, "59.9 s"), (59.96, "1 min 00 s"), (185, "3 min 05 s"),
    (3599.4, "59 min 59 s"), (3599.6, "1 h 00 min"), (7620, "2 h 07 min"), (360_000_000, "100,000 h 00 min"),
    (-0.5, "-500 ms"), (.infinity, "inf s"),
  ])
  func durations(_ seconds: Double, _ text: String) { #expect(Format.duration(seconds: seconds) == text) }

  @Test(arguments: [
    (0, "0:00"), (7.4, "0:07"), (59.6, "1:00"), (222, "3:42"), (3600, "1:00:00"), (3723, "1:02:03"),
    (-1, "-:--"), (.nan, "-:--"), (1e30, "-:--"),
  ])
  func clocks(_ seconds: Double, _ text: String) { #expect(Format.clock(seconds: seconds) == text) }

  @Test func fixedNumbers() {
    #expect(Format.fixed(1234.5, decimals: 2) == "1,234.50")
    #expect(Format.fixed(-1234567.89, decimals: 0) == "-1,234,568")
    #expect(Format.fixed(-0.004, decimals: 2) == "0.00")
    #expect(Format.fixed(-0.006, decimals: 2) == "-0.01")
    #expect(Format.fixed(.nan, decimals: 2) == "nan")
    #expect(Format.fixed(-.infinity, decimals: 2) == "-inf")
    #expect(Format.percent(0.84214) == "84.21 %")
    #expect(Format.percent(1, decimals: 0) == "100 %")
  }
}
