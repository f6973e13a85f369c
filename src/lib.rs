//! Tells when what a vision model sees, or says, has changed in meaning.
//!
//! Embeddings, labels, predictions and other values of a window of records go
//! into a small profile. Profiles of parts merge into the profile of the whole,
//! byte for byte. Two profiles are compared: what drifted, how much, how sure,
//! and which records show it.
//!
//! ```
//! use driftsphere::compare::{CompareOptions, Verdict, compare};
//! use driftsphere::ingest::Batch;
//! use driftsphere::profile::{
//!     FitOptions, ProfileBuilder, ProfileConfig, SpaceConfig, profile_reference,
//! };
//! # use driftsphere::ndarray::Array2;
//! # let rows = |from: usize, turn: f32| {
//! #     Array2::from_shape_fn((400, 4), |(i, j)| {
//! #         let u = ((from + i) * (2 * j + 3)) as f32 * 0.618_034;
//! #         turn * j as f32 + u.fract() + 0.1
//! #     })
//! # };
//! # let (march, april) = (rows(0, 0.0), rows(400, 0.3));
//! # let march = Batch::new(400).space("embedding", march.view());
//! # let april = Batch::new(400).space("embedding", april.view());
//!
//! let config = ProfileConfig::new().space("embedding", SpaceConfig::new(4));
//! let reference = profile_reference(config, FitOptions::default(), |b| b.track_batch(&march))?;
//! let mut target = ProfileBuilder::new(reference.config().clone().like())?;
//! target.track_batch(&april)?;
//! let answer = compare(&reference, &target.freeze(), &CompareOptions::default())?;
//! assert_eq!(answer.verdict, Verdict::Drift);
//! # Ok::<(), driftsphere::Error>(())
//! ```
//!
//! (`march` and `april` are [`ingest::Batch`]es of 400 rows of 4 numbers.)
//!
//! # The rooms
//!
//! ```text
//! ingest -> measure -> profile ---> compare ---> check ---> report ---> the command
//!                         ^
//! sketch -> sphere -------+
//! ```
//!
//! | room | what it does | begin with |
//! | --- | --- | --- |
//! | [`ingest`] | bytes on disk or values in memory -> records | [`ingest::Batch`], [`ingest::Record`], [`ingest::ArrayFile`] |
//! | [`measure`] | what a record shows, or a model says of it -> named values | `measure::image::Measures` (feature `images`), `measure::outputs::measure` (feature `records`) |
//! | [`sketch`] | mergeable summaries: quantiles, directions, samples, counts | [`sketch::QuantileSketch`] |
//! | [`sphere`] | unit vectors, distances, nearest centres, codebooks | [`sphere::Distance`], [`sphere::Codebook`] |
//! | [`profile`] | what was learned about one window; the files | [`profile::ProfileBuilder`], [`profile::profile_reference`] |
//! | [`compare`] | two profiles -> findings | [`compare::compare`], [`compare::Verdict`] |
//! | `check` | a profile, and a comparison, against rules | `check::Rules` (feature `rules`) |
//! | [`report`] | a comparison as text or JSON | [`report::headline`] |
//! | `cli` | the command | `cli::run` (feature `cli`) |
//!
//! Imports run from left to right only. Errors are one type, [`Error`], with an
//! [`ErrorKind`] for programs and a place for people. Matrices are views of the
//! re-exported [`ndarray`]: `(n_rows, dim)` of `f32`; times are milliseconds
//! since 1970 UTC; shares, ranks and distances lie in `[0, 1]`.
//!
//! # Features
//!
//! | feature | what for |
//! | --- | --- |
//! | `cli` | the `driftsphere` command; needs `fit`, `html`, `images`, `npz`, `records` and `report` |
//! | `report` | answers and profiles as pages, Markdown and JSON; needs `records` and `rules` |
//! | `html` | answers and profiles as HTML; needs `report` |
//! | `images` | pictures: decoding, EXIF, measures; needs `records` |
//! | `npz` | reading `.npz` archives |
//! | `records` | reading `.safetensors`, CSV, JSON lines and the outputs of detectors: [`ingest::InputFile`] |
//! | `parquet` | reading Parquet, plain or compressed by Snappy, LZ4 or gzip; needs `records` |
//! | `zstd` | Parquet compressed by Zstandard (needs a C compiler) |
//! | `fit` | cluster centres: [`profile::fit`], [`profile::profile_reference`] |
//! | `rules` | rules in TOML that a profile is checked against |
//! | `blas` | products and eigenvalues of `compare` by the OpenBLAS of the system |
//!
//! All but `zstd` and `blas` are on by default; a lean library is `default-features = false`.

// The same last digits on every platform (clippy.toml says by what).
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod error;
mod glob;
mod whole_file;

// The command calls the library by its name, as every program does.
#[cfg(feature = "cli")]
extern crate self as driftsphere;

#[cfg(feature = "rules")]
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod compare;
pub mod ingest;
pub mod measure;
pub mod profile;
pub mod report;
pub mod sketch;
pub mod sphere;

pub use error::{Error, ErrorKind, Result};
/// The matrices of the public signatures.
pub use ndarray;

/// The README's program is compiled with the tests.
#[cfg(all(doctest, feature = "fit"))]
#[doc = include_str!("../README.md")]
struct Readme;
