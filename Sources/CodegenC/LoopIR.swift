/// A C expression of the loop IR, built with Swift's operators.
indirect enum Expression: Sendable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  case integer(Int)
  /// A single-precision constant.
  case float(Float)
  case name(String)
  /// pointer[index]
  case load(String, Expression)
  case unary(String, Expression)
  case binary(BinaryOperator, Expression, Expression)
  /// condition ? yes : no
  case select(Expression, Expression, Expression)
  case call(String, [Expression])
  case cast(String, Expression)

  init(integerLiteral value: Int) { self = .integer(value) }
  init(floatLiteral value: Float) { self = .float(value) }

  static func + (a: Expression, b: Expression) -> Expression { .binary(.add, a, b) }
  static func - (a: Expression, b: Expression) -> Expression { .binary(.subtract, a, b) }
  static func * (a: Expression, b: Expression) -> Expression { .binary(.multiply, a, b) }
  static func / (a: Expression, b: Expression) -> Expression { .binary(.divide, a, b) }
  static func % (a: Expression, b: Expression) -> Expression { .binary(.remainder, a, b) }
  static prefix func - (a: Expression) -> Expression { .unary("-", a) }
  static func > (a: Expression, b: Expression) -> Expression { .binary(.greater, a, b) }
  static func < (a: Expression, b: Expression) -> Expression { .binary(.less, a, b) }
  static func >= (a: Expression, b: Expression) -> Expression { .binary(.atLeast, a, b) }
  static func == (a: Expression, b: Expression) -> Expression { .binary(.equal, a, b) }

  /// A field of the argument structure.
  static func argument(_ field: String) -> Expression { .name("c->arguments->\(field)") }
  static func double(_ a: Expression) -> Expression { .cast("double", a) }
  static func single(_ a: Expression) -> Expression { .cast("float", a) }
  static func minimum(_ a: Expression, _ b: Expression) -> Expression { .call("least", [a, b]) }
}

enum BinaryOperator: String, Sendable {
  case multiply = "*"
  case divide = "/"
  case remainder = "%"
  case add = "+"
  case subtract = "-"
  case less = "<"
  case greater = ">"
  case atLeast = ">="
  case equal = "=="

  /// C's precedence, higher binds tighter.
  var precedence: Int {
    switch self {
    case .multiply, .divide, .remainder: 4
    case .add, .subtract: 3
    case .less, .greater, .atLeast: 2
    case .equal: 1
    }
  }
}

/// A C statement of the loop IR.
indirect enum Statement: Sendable {
  /// const type name = value;
  case constant(type: String, name: String, Expression)
  /// type name = value;
  case variable(type: String, name: String, Expression)
  /// name = value;
  case assign(String, Expression)
  /// name += value;
  case accumulate(String, Expression)
  /// pointer[index] = value;
  case store(String, Expression, Expression)
  /// pointer[index] += value;
  case storeAdd(String, Expression, Expression)
  /// for (int64_t variable = from; variable < to; ++variable)
  case loop(String, from: Expression, to: Expression, independent: Bool = false, [Statement])
  case branch(Expression, [Statement], otherwise: [Statement] = [])
  /// A call whose result nobody wants.
  case perform(Expression)
  case comment(String)
}

extension Statement {
  /// An integer that does not change.
  static func index(_ name: String, _ value: Expression) -> Statement { .constant(type: "int64_t", name: name, value) }
  /// A number that does not change.
  static func float(_ name: String, _ value: Expression) -> Statement { .constant(type: "float", name: name, value) }
  /// A pointer into read-only floats.
  static func source(_ name: String, _ value: Expression) -> Statement {
    .variable(type: "const float *", name: name, value)
  }
  /// A pointer into floats that are written.
  static func target(_ name: String, _ value: Expression) -> Statement {
    .variable(type: "float *", name: name, value)
  }
}
