import NNIR

/// A neural network: its hyper-parameters, its forward function, and how it is trained.
///
/// Stored properties are the hyper-parameters; `nncc … --set depth=40` overrides them before anything else is asked of
/// the network, so what depends on them belongs into computed properties or the forward function, not into `init`.
///
/// ```swift
/// import NNCC
///
/// @main struct Classifier: Network {
///   var hidden = 128, classes = 10
///   var channels = 1, height = 28, width = 28
///
///   func callAsFunction(_ image: Tensor) -> Tensor {
///     image.flatten().linear(hidden).relu().linear(classes)
///   }
/// }
/// ```
///
/// The properties `channels`, `height`, `width` and `classes`, where a network has them, are set from the data set by
/// the commands that know one, unless the user sets them.
public protocol Network {
  /// The network with the hyper-parameters as written.
  init()

  /// `Recipe`, or `Recipe?` where the network may go without; inferred from `recipe`.
  associatedtype RecipeType: TrainingRecipe = Recipe

  /// Loss, optimizer, schedule and treatment of the images; the default is `Recipe()`.
  ///
  /// A network that only computes, such as one from images to images, says so: `var recipe: Recipe? { nil }`. It can be
  /// built, inspected, verified and run, and not trained.
  var recipe: RecipeType { get }

  /// Extents of one input without the batch.
  ///
  /// By default `[channels, height, width]` from the stored properties of these names. A network whose input is no image
  /// says its own: `var inputShape: [Int] { [features] }`.
  var inputShape: [Int] { get }

  /// The forward function, from a batch of inputs to the logits (or to the prediction, for a regression).
  ///
  /// The loss is not part of it: the recipe names that.
  func callAsFunction(_ input: Tensor) -> Tensor
}

extension Network where RecipeType == Recipe {
  /// Softmax cross-entropy, SGD with Nesterov momentum, ten epochs.
  public var recipe: Recipe { Recipe() }
}

/// What a network's `recipe` may be: a `Recipe`, or an optional one.
public protocol TrainingRecipe {
  /// Nil for a network that is not trained.
  var wrapped: Recipe? { get }
}

extension Recipe: TrainingRecipe {
  public var wrapped: Recipe? { self }
}

extension Optional: TrainingRecipe where Wrapped == Recipe {
  public var wrapped: Recipe? { self }
}

extension Network {
  /// `[channels, height, width]` from the stored properties of these names; empty where one is missing.
  public var inputShape: [Int] {
    let reflection = Reflection<Self>()
    let extents = ["channels", "height", "width"].compactMap { reflection.integer($0, of: self) }
    return extents.count == 3 ? extents : []
  }

  /// What `@main` starts: writes the network's graph as text for nncc.
  public static func main() { ModelProgram<Self>.main() }
}
