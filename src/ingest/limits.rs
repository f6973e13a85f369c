//! How much a file may ask for before it is refused.

/// Bounds that are checked before anything is allocated.
///
/// A file states sizes (a shape, a width of text, the unfolded length of a
/// compressed member) long before it delivers the bytes, and a few hundred
/// bytes can state terabytes. Every stated size is first held against the bytes
/// that are there; where they prove nothing, because they are compressed, these
/// limits decide. A matrix that is streamed in blocks of rows costs one block
/// of memory however long it is, so the limits on memory concern columns, which
/// are held whole.
///
/// ```
/// use driftsphere::ingest::Limits;
///
/// let limits = Limits {
///     max_column_bytes: 16 << 30, // ids of a billion rows
///     ..Limits::default()
/// };
/// assert!(limits.max_member_bytes > limits.max_column_bytes);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest `.npy` header, in bytes (default 64 KiB; NumPy writes 128 bytes
    /// for a plain array).
    pub max_header_bytes: usize,
    /// Longest description of a safetensors or Parquet file, in bytes (default
    /// 64 MiB).
    pub max_metadata_bytes: usize,
    /// Most members of an `.npz` archive, and most tensors (default 10 000).
    pub max_arrays: usize,
    /// Longest unfolded length of one compressed member, in bytes (default
    /// 256 GiB). Such a member is streamed: this bounds time, not memory.
    pub max_member_bytes: u64,
    /// Most memory for one array that has to be held whole, in bytes (default
    /// 4 GiB): a column, or a compressed matrix in Fortran order. A text counts
    /// its bytes plus 32.
    pub max_column_bytes: u64,
    /// Longest single text of a column, in bytes as stored (default 1 MiB).
    pub max_text_bytes: usize,
    /// Longest line of JSON or CSV, in bytes, quoted line ends included (default
    /// 16 MiB). A longer one is passed over and counted.
    pub max_line_bytes: usize,
    /// Most named fields of a table, in JSON lines of all lines together (default
    /// 65 536).
    pub max_fields: usize,
    /// Deepest nesting of a JSON value (default 32). A deeper line is counted.
    pub max_nesting: usize,
    /// Most columns of a matrix, and most numbers of a list (default 4 194 304).
    pub max_columns: usize,
    /// Most memory for one block of rows as `f32`, in bytes (default 256 MiB).
    /// A request for more rows is answered with fewer.
    pub max_block_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_header_bytes: 64 << 10,
            max_metadata_bytes: 64 << 20,
            max_arrays: 10_000,
            max_member_bytes: 256 << 30,
            max_column_bytes: 4 << 30,
            max_text_bytes: 1 << 20,
            max_line_bytes: 16 << 20,
            max_fields: 1 << 16,
            max_nesting: 32,
            max_columns: 1 << 22,
            max_block_bytes: 256 << 20,
        }
    }
}
