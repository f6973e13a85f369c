//! How many bytes each part of a profile may take, worked out from the configuration
//! alone. The formulas stand in `docs/size.md`, too.

use driftsphere::profile::{DEFAULT_MAX_CLASSES, Part, Profile};

/// What a profile is asked to keep, and of how many records.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Coordinates of a vector.
    pub(crate) dim: usize,
    /// Classes among the records.
    pub(crate) classes: usize,
    /// Clusters of the codebook.
    pub(crate) clusters: usize,
    /// Records learned.
    pub(crate) records: usize,
    /// Rows of the overall sample.
    pub(crate) sample_rows: usize,
    /// Bytes of all samples.
    pub(crate) sample_bytes: usize,
}

/// The defaults.
pub(crate) const SHAPE: Shape = Shape {
    dim: 0,
    classes: 0,
    clusters: 8,
    records: 0,
    sample_rows: 1024,
    sample_bytes: 4 << 20,
};

/// Longest id, class or cluster name of the stream, with its length.
const NAME: usize = 14;
/// Longest integer as a varint.
const VARINT: usize = 10;
/// Buckets of a sketch over all rows, of one of a group.
const BUCKETS: [usize; 2] = [4096, 512];
/// Named numbers and texts of the stream: a brightness and the label.
const FEATURES: usize = 2;

impl Shape {
    /// Groups with a state of their own: classes, those without a class, the rest,
    /// and clusters.
    fn groups(&self) -> usize {
        self.classes.min(DEFAULT_MAX_CLASSES) + 2 + self.clusters
    }

    /// A count of records, as a varint.
    fn count(&self) -> usize {
        bytes_of_bits(usize::BITS - self.records.leading_zeros())
    }

    /// A coordinate of a sum: at most n in magnitude, in units of 2^-40, with its sign.
    fn coordinate(&self) -> usize {
        bytes_of_bits(usize::BITS - self.records.leading_zeros() + 40 + 1)
    }

    /// A sketch of so many buckets: each a gap and a count; cap, counts, extremes.
    fn sketch(&self, buckets: usize) -> usize {
        buckets.min(self.records) * (VARINT + self.count()) + 2 * 8 + 8 * VARINT
    }

    /// A sum of directions: count, dimension, coordinates.
    fn directions(&self) -> usize {
        2 * VARINT + self.dim * self.coordinate()
    }

    /// The budget of a part, in bytes.
    pub(crate) fn budget(&self, part: Part, is_sealed: bool) -> usize {
        let groups = self.groups();
        let sketches = 4 * self.sketch(BUCKETS[0]) + groups * 2 * self.sketch(BUCKETS[1]);
        match part {
            Part::Frame => 16 + 6 * 16,
            Part::Settings => 128,
            // Each centre with its name and medoid; each member of a cluster: hash,
            // cluster, and no sum, as no two records share an id.
            Part::Codebooks => {
                groups * (self.directions() + 2 * NAME + 8)
                    + self.sample_rows * (VARINT + 5 + 1)
                    + 128
            }
            Part::Counts => groups * (NAME + (2 + self.clusters) * self.count() + 4) + 128,
            Part::Numbers => sketches + FEATURES * self.sketch(BUCKETS[0]),
            // 1,024 texts a feature, and the header of each.
            Part::FrequentValues => FEATURES * (1024 * (NAME + self.count()) + 3 * VARINT),
            // 512 hashes a feature.
            Part::DistinctValues => FEATURES * (512 * 8 + 4),
            Part::Directions => groups * self.directions(),
            Part::Samples => self.sample_bytes + groups * 2 * VARINT,
            Part::NamedRecords => (64 + groups) * (NAME + 8 + 5 + 1),
            Part::SealedSummaries if is_sealed => {
                // 100 components; distances of pairs of all rows, and of each class
                // and cluster, and of each class and its neighbour.
                let pairs = BUCKETS[1] * 2 * VARINT + 2 * 8 + 8 * VARINT + 3 * NAME;
                100 * (2 * self.dim + 8) + 64 + (1 + 2 * groups) * pairs
            }
            _ => 0,
        }
    }
}

/// Bytes of a varint of so many bits.
fn bytes_of_bits(bits: u32) -> usize {
    bits.div_ceil(7).max(1) as usize
}

/// The parts that take more than their budget: bytes, budget.
pub(crate) fn exceeded(shape: &Shape, profile: &Profile) -> Vec<(Part, u64, usize)> {
    let contents = profile.contents();
    let parts = contents.parts().map(|(part, bytes)| {
        let budget = shape.budget(part, contents.is_sealed());
        (part, bytes, budget)
    });
    parts
        .filter(|(_, bytes, budget)| *bytes > *budget as u64)
        .collect()
}
