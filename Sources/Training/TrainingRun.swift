import Interchange
import NNIR

/// What makes a training the one it is: a checkpoint continues only the run whose values are the same.
package struct TrainingRun: Sendable, Equatable {
  /// Hash of the model's tensors, from the artefact's manifest.
  package var signature: String
  package var seed: UInt64
  package var batch: Int
  package var epochs: Int
  package var limit: Int?
  /// The recipe's other attributes, each as the IR text writes it, for example `learning_rate [0.1, constant, …]`.
  package var recipe: [String]
  /// What each gate does; empty for a model without gates.
  var gates: GateSchedule
  package var data: String
  /// Training images, those kept back included.
  package var images: Int
  /// CRC-32 of these images.
  package var checksum: UInt32

  init(signature: String, seed: UInt64, recipe: Recipe, limit: Int?, gates: GateSchedule, data: TrainingData) {
    self.signature = signature
    self.seed = seed
    batch = recipe.batch
    epochs = recipe.epochs
    self.limit = limit
    self.recipe = Self.lines(of: recipe)
    self.gates = gates
    self.data = data.training.name
    images = data.training.count + (data.validation?.count ?? 0)
    checksum = data.checksum
  }

  private static func lines(of recipe: Recipe) -> [String] {
    recipe.attributes.filter { $0.key != "batch" && $0.key != "epochs" }.map { "\($0.key) \($0.value)" }
  }

  private enum Key {
    static let signature = "nncc.signature"
    static let seed = "nncc.seed"
    static let batch = "nncc.batch"
    static let epochs = "nncc.epochs"
    static let limit = "nncc.limit"
    static let recipe = "nncc.recipe"
    static let gates = "nncc.gates"
    static let data = "nncc.data"
    static let images = "nncc.images"
    static let checksum = "nncc.checksum"
  }

  /// As a file's metadata holds it.
  var metadata: [String: String] {
    var result = [
      Key.signature: signature, Key.seed: "\(seed)", Key.batch: "\(batch)", Key.epochs: "\(epochs)",
      Key.recipe: recipe.joined(separator: "\n"), Key.data: data, Key.images: "\(images)",
      Key.checksum: String(checksum, radix: 16),
    ]
    if let limit { result[Key.limit] = "\(limit)" }
    if !gates.choices.isEmpty { result[Key.gates] = gates.choices.map(\.text).joined(separator: ",") }
    return result
  }

  init(_ metadata: MetadataReader) throws(InterchangeError) {
    signature = try metadata.text(Key.signature)
    seed = try metadata.value(Key.seed, "a whole number") { UInt64($0) }
    batch = try metadata.value(Key.batch, "a whole number of at least 1") { Int($0).flatMap { $0 < 1 ? nil : $0 } }
    epochs = try metadata.value(Key.epochs, "a whole number of at least 1") { Int($0).flatMap { $0 < 1 ? nil : $0 } }
    limit = metadata.has(Key.limit) ? try metadata.value(Key.limit, "a whole number") { Int($0) } : nil
    recipe = try metadata.text(Key.recipe).split(separator: "\n").map { String($0) }
    let choices = metadata.has(Key.gates) ? try metadata.value(Key.gates, "states of gates", Self.choices) : []
    gates = GateSchedule(choices: choices)
    data = try metadata.text(Key.data)
    images = try metadata.value(Key.images, "a whole number") { Int($0) }
    checksum = try metadata.value(Key.checksum, "a hexadecimal number") { UInt32($0, radix: 16) }
  }

  private static func choices(_ text: String) -> [GateSchedule.Choice]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let choices = parts.compactMap { GateSchedule.Choice(text: String($0)) }
    return choices.count == parts.count ? choices : nil
  }

  /// Why the run of a checkpoint cannot be continued as `other`, one sentence for each difference.
  ///
  /// The number of epochs may differ: training longer is a wish, not a mistake.
  func differences(from other: TrainingRun) -> [String] {
    var found: [String] = []
    func compare<Value: Equatable>(_ what: String, _ own: Value, _ theirs: Value) {
      if own != theirs { found.append("the checkpoint has \(what) \(own), this run has \(theirs)") }
    }
    if signature != other.signature {
      found.append(
        "the checkpoint belongs to a model with signature \(signature), this model has \(other.signature): "
          + "names or shapes of tensors differ")
    }
    compare("seed", seed, other.seed)
    compare("batch", batch, other.batch)
    if recipe.count != other.recipe.count {
      compare("the recipe", recipe, other.recipe)
    } else {
      for (own, theirs) in zip(recipe, other.recipe) { compare("the recipe's", own, theirs) }
    }
    if gates.choices.count != other.gates.choices.count {
      compare("the number of gates", gates.choices.count, other.gates.choices.count)
    } else if let gate = gates.choices.indices.first(where: { gates.choices[$0] != other.gates.choices[$0] }) {
      compare("gate \(gate)", gates.choices[gate].text, other.gates.choices[gate].text)
    }
    if images != other.images {
      found.append(
        "the checkpoint has \(counted(images, "training image")) of \(data), this run has \(other.images) of \(other.data)"
      )
    } else if checksum != other.checksum {
      found.append("the checkpoint was trained on other images (data set \(data)) than this run's (\(other.data))")
    }
    return found
  }
}

/// Reads the metadata of a safetensors file; errors name file and key.
struct MetadataReader {
  let path: String
  let values: [String: String]

  init(_ archive: TensorArchive) {
    path = archive.path
    values = archive.metadata
  }

  func has(_ key: String) -> Bool { values[key] != nil }

  func text(_ key: String) throws(InterchangeError) -> String {
    guard let text = values[key] else {
      throw InterchangeError(path, "not a complete checkpoint: expected metadata \(quoted(key)), found none")
    }
    return text
  }

  func value<Value>(
    _ key: String, _ expected: String, _ convert: (String) -> Value?
  ) throws(InterchangeError) -> Value {
    let text = try text(key)
    guard let value = convert(text) else {
      throw InterchangeError(path, "expected \(expected) as metadata \(quoted(key)), found \(quoted(text))")
    }
    return value
  }
}
