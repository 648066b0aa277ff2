import ArtefactABI
import CodegenC
import NNIR
import Passes
import Runtime

/// What an artefact says about itself, all but the build hash.
func describe(
  _ typed: Graph, _ layout: SharedLayout, _ entries: [CompiledEntry], _ prepare: CompiledEntry, name: String,
  target: TargetDescription, options: BuildOptions
) -> Manifest {
  func tensors(_ placed: [PlacedTensor]) -> [Manifest.Tensor] {
    placed.map {
      Manifest.Tensor(
        name: $0.name, shape: $0.shape, offset: $0.offset, slot: $0.slot?.rawValue,
        initializer: $0.slot == nil ? $0.initializer.attribute.description : nil)
    }
  }
  return Manifest(
    name: name, signature: signature(of: typed, layout), build: "", target: target.target.rawValue,
    features: target.features, inputShape: typed.extentsWithoutBatch(typed.first(.input)),
    outputShape: typed.extentsWithoutBatch(typed.modelOutput),
    loss: typed.recipe?.loss.rawValue, parameters: tensors(layout.parameters), state: tensors(layout.state),
    optimizer: tensors(layout.optimizer), parameterBytes: layout.parameterBytes,
    stateBytes: layout.stateBytes, optimizerBytes: layout.optimizerBytes, preparedBytes: prepare.plan.preparedBytes,
    constantBytes: 0, scratchBytes: (entries + [prepare]).map(\.program.scratchBytes).max() ?? 0,
    gates: typed.gates.map { Manifest.Gate(name: $0.name, survival: $0.survival.value) },
    entries: entries.map { entry($0, name: name, keepValues: options.keepValues, prepare: prepare) })
}

/// Hash of names, shapes and kinds of everything that a checkpoint of the model holds.
func signature(of typed: Graph, _ layout: SharedLayout) -> String {
  hash(
    [
      "input \(typed.extentsWithoutBatch(typed.first(.input)))",
      "output \(typed.extentsWithoutBatch(typed.modelOutput))",
    ]
      + (layout.parameters + layout.state).map { "\($0.name) \($0.shape)" }
      + layout.optimizer.map { "\($0.name) \($0.slot?.rawValue ?? "") \($0.shape)" })
}

private func entry(
  _ compiled: CompiledEntry, name: String, keepValues: Bool, prepare: CompiledEntry
) -> Manifest.Entry {
  let plan = compiled.plan
  let values =
    keepValues
    ? plan.graph.ids.compactMap { id -> Manifest.Tensor? in
      guard let place = plan.locations[id.index], place.arena == .workspace else { return nil }
      return Manifest.Tensor(name: id.description, shape: plan.graph[id].type.bound, offset: place.offset)
    } : []
  // the prepare function shares the workspace arena, so each entry makes room for it too
  let preparing = prepare.plan.workspaceBytes + prepare.program.extraWorkspaceBytes
  let own = compiled.program.reservedWorkspaceBytes
  return Manifest.Entry(
    symbol: ArtefactSymbol.entry(name, compiled.point.mode, batch: compiled.point.batch), mode: compiled.point.mode,
    batch: compiled.point.batch, workspace: compiled.point.mode == .infer ? max(own, preparing) : own,
    outputs: compiled.outputs.map { Manifest.Tensor(name: $0.name, shape: $0.shape, offset: $0.offset) },
    outputBytes: compiled.outputBytes, values: values)
}
