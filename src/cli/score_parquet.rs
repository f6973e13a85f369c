//! Scores as Parquet: the columns of the CSV, typed, empty fields as nulls.

use super::output::Beside;
use super::score_row::{COLUMNS, ScoreRow, Sink};
use anyhow::{Context, Result};
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::path::Path;
use std::sync::Arc;

/// Writes Parquet, compressed by Snappy.
pub(super) struct ParquetSink {
    writer: ArrowWriter<Beside>,
    schema: Arc<Schema>,
}

impl ParquetSink {
    pub(super) fn file(path: &Path) -> Result<Self> {
        let field = |name: &str| match name {
            "file" => Field::new(name, DataType::Utf8, false),
            "row" => Field::new(name, DataType::Int64, false),
            "cluster_index" => Field::new(name, DataType::Int64, true),
            "id" | "class" | "cluster" | "not_scored" => Field::new(name, DataType::Utf8, true),
            _ => Field::new(name, DataType::Float64, true),
        };
        let schema = Arc::new(Schema::new(COLUMNS.map(field).to_vec()));
        let settings = WriterProperties::builder().set_compression(Compression::SNAPPY);
        let file = Beside::create(path)?;
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(settings.build()))
            .context("cannot begin a Parquet file")?;
        Ok(Self { writer, schema })
    }
}

impl Sink for ParquetSink {
    fn write(&mut self, rows: &[ScoreRow]) -> Result<()> {
        let texts = |of: fn(&ScoreRow) -> Option<&str>| -> ArrayRef {
            Arc::new(rows.iter().map(of).collect::<StringArray>())
        };
        let mut columns: Vec<ArrayRef> = vec![
            texts(|row| Some(&row.file)),
            Arc::new(
                rows.iter()
                    .map(|row| Some(row.row as i64))
                    .collect::<Int64Array>(),
            ),
            texts(|row| row.id.as_deref()),
            texts(|row| row.score.class.as_deref()),
            texts(|row| row.cluster.as_deref()),
            Arc::new(
                rows.iter()
                    .map(|row| row.cluster_index().map(|at| at as i64))
                    .collect::<Int64Array>(),
            ),
        ];
        for at in 0..6 {
            let numbers = rows.iter().map(|row| row.numbers()[at]);
            columns.push(Arc::new(numbers.collect::<Float64Array>()));
        }
        columns.push(texts(|row| row.score.fault));
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)?;
        self.writer.write(&batch).context("cannot write Parquet")
    }

    fn finish(self: Box<Self>) -> Result<()> {
        let file = self
            .writer
            .into_inner()
            .context("cannot end a Parquet file")?;
        file.commit()
    }
}
