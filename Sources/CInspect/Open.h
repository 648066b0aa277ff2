// How the libraries of this module are found and opened.

#ifndef NNCC_OPEN_H
#define NNCC_OPEN_H

#include <stdbool.h>
#include <stddef.h>

/// A shared library that is looked for, and the functions that it has to have.
typedef struct {
  /// Places in the order in which they are tried; a bare name leaves the search to the loader.
  const char *const *candidates;
  size_t candidate_count;
  /// The environment variable that names the only place to try.
  const char *variable;
  /// The Debian package to install.
  const char *package;
  /// The functions' full names, in the order of the table's members.
  const char *const *functions;
  size_t function_count;
} WantedLibrary;

/// Opens the first candidate that has every function and fills `table`, a structure of function pointers and nothing
/// else; false leaves every place that was tried, and what the loader said, in `reason`.
bool nncc_open(const WantedLibrary *wanted, void *table, char *reason, size_t capacity);

#endif
