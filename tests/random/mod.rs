//! Random numbers by seed and place: the same for every order they are asked in.

use driftsphere::sketch::hash_bytes;

/// Uniform in (0, 1), a stream for each seed.
pub(crate) fn uniform(seed: u64, i: u64) -> f64 {
    ((hash_bytes(seed, &i.to_le_bytes()) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// Standard normal (Box and Muller 1958).
pub(crate) fn normal(seed: u64, i: u64) -> f64 {
    let radius = (-2.0 * uniform(seed, 2 * i).ln()).sqrt();
    radius * (std::f64::consts::TAU * uniform(seed, 2 * i + 1)).cos()
}
