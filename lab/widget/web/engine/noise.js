// Random numbers: the same as lab/ground/noise.py, bit for bit.

/**
 * The n-th random integer below 2^32 of a seed.
 *
 * @param {number} seed
 * @param {number} n
 */
export function hashed(seed, n) {
  let h = (n + Math.imul(seed, 0x9e3779b1)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * The mean of m draws with mean 0 and variance 1, for coordinate k of a gradient of `dimensions` at a step.
 *
 * @param {number} seed
 * @param {number} step
 * @param {number} dimensions
 * @param {number} k
 * @param {number} m
 */
export function batchNoise(seed, step, dimensions, k, m) {
  let total = 0;
  for (let j = 0; j < m; j++) total += hashed(seed, (step * dimensions + k) * m + j);
  return (total / (m * 4294967296) - 0.5) * Math.sqrt(12);
}
