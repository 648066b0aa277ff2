import NNIR
import Passes
import Testing

/// What a hand-written graph may not be: each case violates one rule that later stages rely on.
@Suite struct CheckInterfaceTests {
  static let batchNorm = """
    %1 = parameter name "g" init [constant, 1.0] : f32[3]
    %2 = parameter name "b" init [constant, 0.0] : f32[3]
    %3 = state name "m" init [constant, 0.0] : f32[3]
    %4 = state name "v" init [constant, 1.0] : f32[3]

    """

  static let cases: [(body: String, message: String)] = [
    ("%0 = input : i64[N,3]\noutput \"y\" %0", "input: expected f32[N,…], found i64[N,3]"),
    ("%0 = input : f32[2,3]\noutput \"y\" %0", "input: expected f32[N,…], found f32[2,3]"),
    ("%0 = input : f32[N,3,N]\noutput \"y\" %0", "input: expected f32[N,…]"),
    ("%0 = input : f32[N,3]", "expected at least one output, found none"),
    ("%0 = fill value 1.0 : f32[3]\noutput \"y\" %0", "expected one input, found 0"),
    (
      "%0 = input : f32[N,3]\n%1 = fill value 1.0 : f32[N,3]\noutput \"y\" %0",
      "fill: expected f32 with fixed extents, found f32[N,3]"
    ),
    ("%0 = input : f32[N,3]\n%1 = fill value 1.0 : f32[]\noutput \"y\" %1", "expected f32[N,…] as output \"y\""),
    (
      "%0 = input : f32[N,3]\n%1 = parameter name \"w\" init [constant, 1.0] : f32[]\noutput \"y\" %0",
      "parameter: expected at least one axis, found a scalar"
    ),
    (
      "%0 = input : f32[N,3]\n%1 = parameter name \"w\" init [constant, 1.0] : i64[7]\noutput \"y\" %0",
      "parameter: expected f32 with fixed extents, found i64[7]"
    ),
    ("%0 = input : f32[N,3]\noutput \"loss\" %0", "expected another name than \"loss\", which is reserved"),
    (
      "%0 = input : f32[N,3]\n%1 = parameter name \"w\" init [constant, 1.0] : f32[3]\ngradient \"w\" %1\noutput \"y\" %0",
      "expected outputs only, found a gradient of \"w\""
    ),
    (
      "%0 = input : f32[N,3]\n%1 = state name \"s\" init [constant, 1.0] : f32[3]\nupdate %1 %1\noutput \"y\" %0",
      "state: expected outputs only, found an update"
    ),
    ("%0 = input : f32[N,3]\n%1 = moments %0 groups 1\noutput \"y\" %0", "expected batch_norm"),
    (
      "%0 = input : f32[N,3]\n\(batchNorm)%5 = batch_norm %0 %1 %2 %3 %3 epsilon 1e-05 momentum 0.1\noutput \"y\" %5",
      "expected different states for mean and variance"
    ),
    (
      "%0 = input : f32[N,3]\n\(batchNorm)%5 = batch_norm %0 %1 %2 %1 %4 epsilon 1e-05 momentum 0.1\noutput \"y\" %5",
      "expected a state as running statistic, found %1"
    ),
    (
      """
      %0 = input : f32[N,3]
      \(batchNorm)%5 = batch_norm %0 %1 %2 %3 %4 epsilon 1e-05 momentum 0.1
      %6 = batch_norm %5 %1 %2 %3 %4 epsilon 1e-05 momentum 0.1
      output "y" %6
      """,
      "%3 state: expected to belong to one batch norm, found a second, %6"
    ),
  ]

  @Test(arguments: cases.indices) func isRefused(_ index: Int) throws {
    let (body, message) = Self.cases[index]
    let graph = try Graph(parsing: "nnir 1 stage raw\n\(body)\n", file: "net.nnir")
    #expect {
      try run(Pipeline.typing, on: graph)
    } throws: { error in
      "\(error)".contains(message)
    }
  }

  @Test func laterStagesAreTheCompilersOwn() throws {
    let graph = try Graph(
      parsing: "nnir 1 stage step\n%0 = input : f32[2,3]\noutput \"y\" %0\n", file: "net.nnir")
    #expect {
      try run(Pipeline.typing, on: graph)
    } throws: { error in
      "\(error)".contains("expected a graph at stage raw or typed, found step")
    }
  }

  @Test func recipesNumbersAreChecked() throws {
    let recipe = Networks.recipe.replacing("[sgd, 0.9, 0.0, true, 0.0001]", with: "[sgd, 1.5, 0.0, false, -1.0]")
    let graph = try Graph(
      parsing: "nnir 1 stage raw\n\(recipe)\n%0 = input : f32[N,3]\noutput \"y\" %0\n", file: "net.nnir")
    #expect {
      try run(Pipeline.typing, on: graph)
    } throws: { error in
      "\(error)".contains("a momentum in 0 ..< 1, found 1.5") && "\(error)".contains("a weight decay of at least 0")
    }
  }
}
