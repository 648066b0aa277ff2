/// Whether register tiles are what they promise: sums that stay in registers, and a fused multiply-add for each of them.
///
/// A tile is found by what its code does (`LoopFacts.isTile`), not by a list of names. A function that is named after a
/// tile's rows and vectors (`product_tile_6_2`) also has to have the tile's loop: 12 sums, a multiple of 12 multiply-adds,
/// vectors of the target's full width.
package enum TileCheck {
  /// - Parameters:
  ///   - file: The C source, to be named in findings.
  ///   - vectorBits: What the code was generated for.
  ///   - fuses: Whether the target has fused multiply-adds; without, a multiplication and an addition count as one.
  package static func check(
    _ functions: [FunctionAudit], vectorBits: Int, fuses: Bool, file: String
  ) -> [Finding] {
    functions.flatMap { function -> [Finding] in
      func finding(_ expected: String, _ found: String) -> Finding {
        Finding(file: file, subject: function.name, expected: expected, found: found)
      }
      func steps(_ tile: LoopFacts) -> Int { tile.multiplyAdds + (fuses ? 0 : tile.unfused) }
      var findings: [Finding] = []
      if function.unknown > 0 {
        findings.append(finding("instructions that libLLVM knows", "\(function.unknown) that it does not"))
      }
      for tile in function.tiles where tile.spills + tile.reloads > 0 {
        findings.append(
          finding(
            "sums that stay in registers",
            "\(tile.spills) spills and \(tile.reloads) reloads in a loop of \(steps(tile)) multiply-adds"))
      }
      for tile in function.tiles where fuses && tile.unfused > 0 {
        findings.append(
          finding("fused multiply-adds", "\(tile.unfused) multiplications with an addition behind them"))
      }
      guard let promised = function.promisedTile else { return findings }
      let sums = promised.rows * promised.vectors
      let isKept = function.tiles.contains { tile in
        tile.accumulators == sums && steps(tile) > 0 && steps(tile) % sums == 0 && tile.bits == vectorBits
      }
      if !isKept {
        let loops = function.tiles.map { "\($0.accumulators) with \(steps($0)) multiply-adds of \($0.bits) bits" }
        findings.append(
          finding(
            "an inner loop with sums in \(sums) registers of \(vectorBits) bits and a multiply-add for each",
            loops.isEmpty ? "no loop that sums in registers" : loops.joined(separator: ", ")))
      }
      return findings
    }
  }
}
