import NNIR
import Testing

@Suite("IR text")
struct TextTests {
  @Test("the samples are valid and hold every operation")
  func samples() {
    #expect(verify(stepSample).map(\.description) == [])
    #expect(verify(typedSample).map(\.description) == [])
    let held = Set((stepSample.nodes + typedSample.nodes).map(\.op.mnemonic))
    #expect(Op.mnemonics.filter { !held.contains($0) } == [])
  }

  @Test("reading what was printed gives the same graph, bit for bit", arguments: [true, false])
  func roundTrip(_ training: Bool) throws {
    let graph = training ? stepSample : typedSample
    let read = try Graph(parsing: graph.text, file: "sample.nnir")
    #expect(read.nodes.count == graph.nodes.count)
    for (found, wanted) in zip(read.nodes, graph.nodes) { #expect(found == wanted) }
    #expect(read.results == graph.results)
    #expect(read.recipe == graph.recipe)
    #expect(read.name == graph.name && read.stage == graph.stage)
    // names compare by canonical equivalence in Swift; the text says that they are the same scalars too
    let sameScalars = read.text.utf8.elementsEqual(graph.text.utf8)
    #expect(sameScalars)
  }

  @Test("Windows line ends, indentation, comments and empty lines change nothing")
  func whitespace() throws {
    let text = typedSample.text
    let windows = text.split(separator: "\n").joined(separator: "\r\n")
    #expect(try Graph(parsing: windows, file: "t") == typedSample)
    let commented = text.split(separator: "\n").map { "\t \($0) // a note, \"quoted\n\n" }.joined(separator: "\n")
    #expect(try Graph(parsing: commented, file: "t") == typedSample)
  }

  @Test("a value that is computed again is not the first one")
  func instances() throws {
    let text = """
      nnir 1 name "again" stage typed
      %0 = input : f32[N,4]
      %1 = relu %0 : f32[N,4]
      %2 = scale %0 value 0.5 again 1 : f32[N,4]
      %3 = relu %0 again 1 : f32[N,4]
      %4 = relu %0 again 1 : f32[N,4]

      """
    let graph = try Graph(parsing: text, file: "t")
    #expect(graph.text == text)
    #expect(graph.nodes.map(\.instance) == [0, 0, 1, 1, 1])
    let rebuilt = graph.rewriting { builder, _, node in builder.add(node, inputs: node.inputs) }
    // the two that are both the second computation of one value are one; first and second stay two
    #expect(rebuilt.nodes == Array(graph.nodes.dropLast()))
  }

  @Test("a type that is left out is inferred")
  func inferredType() throws {
    let graph = try Graph(
      parsing: """
        nnir 1 stage typed
        %0 = input : f32[N,4]
        %1 = slice %0 axis 1 start 1 count 2
        """, file: "t")
    #expect(graph.name == "model")
    #expect(graph.nodes[1].type == .f32([.batch, 2]))
  }

  @Test(
    "every recipe survives",
    arguments: [
      Recipe(), sampleRecipe,
      Recipe(optimizer: .sgd(momentum: 0.9, dampening: 0.9), learningRate: .cosine(0.1, final: 1e-5)),
      Recipe(optimizer: .adam(), learningRate: .inverse(0.01, decay: 1e-3), normalization: .unit),
      Recipe(augmentation: [.horizontalFlip], normalization: .none, validation: 0.25),
    ])
  func recipes(_ recipe: Recipe) throws {
    var graph = typedSample
    graph.recipe = recipe
    #expect(try Graph(parsing: graph.text, file: "t").recipe == recipe)
  }

  @Test("what makes no sense in a recipe is said, all of it")
  func recipeProblems() {
    #expect(sampleRecipe.problems == [])
    let recipe = Recipe(
      optimizer: .sgd(momentum: 0.9, dampening: 0.5, nesterov: true), learningRate: .constant(.nan), batch: 0,
      epochs: 0, augmentation: [.padAndCrop(-1)], normalization: .channels(mean: [1], deviation: []), validation: 1)
    #expect(
      recipe.problems == [
        "recipe: expected a batch of at least 1, found 0", "recipe: expected at least 1 epoch, found 0",
        "recipe: expected a validation share in 0 ..< 1, found 1.0",
        "recipe: expected a learning rate of at least 0, found nan",
        "recipe: expected momentum and dampening 0 with Nesterov, found 0.5",
        "recipe: expected padding of 0 to 4096 pixels, found -1",
        "recipe: expected as many positive deviations as means (1), found []",
      ])
  }

  @Test("scalars compare by bits, so that −0 and NaN are themselves")
  func scalars() {
    #expect(Scalar(-0.0) != Scalar(0.0))
    #expect(Scalar(.nan) == Scalar(.nan))
    #expect(Attribute.scalar(-0.0) != .scalar(0))
    #expect(Attribute.scalar(.nan) == .scalar(.nan))
    #expect(Attribute.int(1) != .scalar(1))
  }
}
