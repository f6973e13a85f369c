//! Scores as CSV (RFC 4180): a line of names, fields quoted where they need it.

use super::output::Beside;
use super::score_row::{COLUMNS, ScoreRow, Sink};
use anyhow::Result;
use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;

/// Writes CSV.
pub(super) struct CsvSink {
    to: Target,
    is_begun: bool,
}

enum Target {
    Screen,
    File(Box<Beside>),
}

impl CsvSink {
    /// To standard output.
    pub(super) fn screen() -> Self {
        Self {
            to: Target::Screen,
            is_begun: false,
        }
    }

    pub(super) fn file(path: &Path) -> Result<Self> {
        Ok(Self {
            to: Target::File(Box::new(Beside::create(path)?)),
            is_begun: false,
        })
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        match &mut self.to {
            Target::Screen => io::stdout().lock().write_all(text.as_bytes()),
            Target::File(file) => file.write_all(text.as_bytes()),
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.is_begun, true) {
            self.put(&format!("{}\n", COLUMNS.join(",")))?;
        }
        Ok(())
    }
}

impl Sink for CsvSink {
    fn write(&mut self, rows: &[ScoreRow]) -> Result<()> {
        self.begin()?;
        let text: String = rows.iter().map(line).collect();
        Ok(self.put(&text)?)
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.begin()?;
        match self.to {
            Target::Screen => Ok(()),
            Target::File(file) => file.commit(),
        }
    }
}

fn line(row: &ScoreRow) -> String {
    let text = |text: &Option<String>| {
        text.as_deref()
            .map_or(Cow::Borrowed(""), quoted)
            .into_owned()
    };
    let mut fields = vec![
        quoted(&row.file).into_owned(),
        row.row.to_string(),
        text(&row.id),
        text(&row.score.class),
        text(&row.cluster),
        row.cluster_index()
            .map(|at| at.to_string())
            .unwrap_or_default(),
    ];
    // The shortest digits that read back as the same number.
    let numbers = row
        .numbers()
        .map(|n| n.map(|n| n.to_string()).unwrap_or_default());
    fields.extend(numbers);
    fields.push(row.score.fault.unwrap_or_default().to_owned());
    fields.join(",") + "\n"
}

/// A field; in quotes where it holds what would end or open one.
fn quoted(text: &str) -> Cow<'_, str> {
    match text.contains([',', '"', '\r', '\n']) {
        true => Cow::Owned(format!("\"{}\"", text.replace('"', "\"\""))),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use driftsphere::profile::Score;

    #[test]
    fn each_field_stands_under_its_name() {
        let row = ScoreRow {
            file: "a,b.npy".into(),
            row: 7,
            id: Some("say \"x\"\n".into()),
            cluster: Some("cluster 2".into()),
            score: Score {
                class: Some("cat".into()),
                cluster: Some((1, 0.1)),
                own_distance: Some(0.25),
                boundary: Some(-0.5),
                ..Score::default()
            },
        };
        let line = line(&row);
        let expected = "\"a,b.npy\",7,\"say \"\"x\"\"\n\",cat,cluster 2,1,0.1,,,,0.25,-0.5,\n";
        assert_eq!(line, expected);
    }
}
