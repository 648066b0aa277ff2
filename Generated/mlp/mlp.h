/* mlp: a neural network compiled to C, and the interface to it.

   The code owns nothing: all memory is the caller's. Arenas are aligned to 64 bytes at least; their sizes, and
   the places of all tensors in them, stand in the metadata. */
#ifndef NNCC_mlp_H
#define NNCC_mlp_H

#include <stddef.h>
#include <stdint.h>

#ifndef NNCC_EXPORT
#define NNCC_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What every entry point takes; pointers that an entry point does not use may be null. */
struct mlp_arguments {
  float *parameters; /* all parameters, plain row-major tensors at the manifest's offsets */
  float *optimizer; /* optimizer state (momenta), same layout rules */
  float *state; /* running statistics of batch normalisation */
  float *gradients; /* gradients of the parameters, laid out as the parameters are */
  unsigned char *workspace; /* temporaries of one call; contents need not survive it */
  float *prepared; /* what the prepare function derives from parameters and state */
  const float *constants; /* read-only constants */
  unsigned char *scratch; /* private scratch of the threads: scratch bytes times the number of threads */
  const float *input; /* the batch, row-major */
  const int64_t *labels; /* one class index for each image of the batch (softmax cross-entropy) */
  const float *target; /* target values, shaped as the model's output (mean squared error) */
  float *output; /* results of the call at the offsets of the entry's outputs */
  const unsigned char *gates; /* one byte for each stochastic-depth gate, 1 = open */
  void *pool; /* an opened thread pool, or null to compute in the calling thread */
  uint64_t seed; /* seed of every random stream */
  uint64_t step; /* number of the training step, from 0 */
  float learning_rate; /* learning rate of this step */
  uint32_t reserved; /* must be 0 */
};

/* Names, shapes and places of all tensors, sizes of all arenas and required CPU features, as JSON. */
NNCC_EXPORT const char *mlp_metadata(void);

/* Bytes of storage for a pool of so many threads, the caller's included. */
NNCC_EXPORT size_t mlp_pool_bytes(int threads);

/* Starts threads - 1 threads in the caller's storage, aligned to 16 bytes at least; returns 0, or the error number of the
   call that failed, and then nothing is left open. One call at a time may use a pool. */
NNCC_EXPORT int mlp_pool_open(void *storage, int threads);

/* Ends and joins the threads; the storage is the caller's again. */
NNCC_EXPORT void mlp_pool_close(void *storage);

/* Output of a batch of 1, with prepared parameters. Returns 0. */
NNCC_EXPORT int mlp_infer_1(const struct mlp_arguments *arguments);

/* Output of a batch of 8, with prepared parameters. Returns 0. */
NNCC_EXPORT int mlp_infer_8(const struct mlp_arguments *arguments);

/* One training step on a batch of 8: parameters, state and optimizer are updated in place. Returns 0. */
NNCC_EXPORT int mlp_train_8(const struct mlp_arguments *arguments);

/* Fills the prepared arena; run after parameters or state change. Returns 0. */
NNCC_EXPORT int mlp_prepare(const struct mlp_arguments *arguments);

#ifdef __cplusplus
}
#endif

#endif
