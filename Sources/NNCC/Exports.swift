// What a model names besides this module's own types, so that `import NNCC` is enough.
@_exported import enum NNIR.Initializer
@_exported import struct NNIR.Recipe
