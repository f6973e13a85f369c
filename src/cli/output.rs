//! Where results go: standard output, standard error, and files that are
//! written whole or not at all.

use anstream::{AutoStream, ColorChoice};
use anyhow::{Context, Result, bail};
use driftsphere::report::{Style, TerminalOptions, escape};
use driftsphere::whole_file::WholeFile;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Prints to standard output. A reader that went away (`| head`) is no trouble:
/// it has what it wanted.
pub(super) fn print(text: &str) -> Result<()> {
    let mut out = AutoStream::auto(io::stdout());
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}

/// Prints a line on standard error that is no error. `text` may come from data.
pub(super) fn note(text: &str) {
    say(&format!("driftsphere: note: {}", escape(text)));
}

/// Prints a line on standard error, come what may: there is no other place left
/// to complain to.
pub(super) fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Colours and width as standard output can show them.
pub(super) fn page(verbose: bool) -> TerminalOptions {
    let colours = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
    // comfy-table asks the terminal for its width, where there is one.
    let width = comfy_table::Table::new().width().unwrap_or(100);
    TerminalOptions {
        style: if colours { Style::Colour } else { Style::Plain },
        width: width.clamp(80, 120),
        verbose,
        blocks: shows_blocks(|name| std::env::var(name).ok()),
    }
}

/// Whether standard output most likely shows block characters, by the environment: its locale is of
/// UTF-8, and it is neither the console of Linux, whose font lacks most of them, nor a dumb terminal.
fn shows_blocks(variable: impl Fn(&str) -> Option<String>) -> bool {
    if variable("TERM").is_some_and(|terminal| ["linux", "dumb"].contains(&terminal.as_str())) {
        return false;
    }
    // The first that is set holds (POSIX.1-2017, 8.2); Windows has none of them.
    let mut locales = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter();
    let locale = locales.find_map(|name| variable(name).filter(|text| !text.is_empty()));
    match locale.map(|locale| locale.to_lowercase().replace('-', "")) {
        Some(locale) => locale.contains("utf8"),
        None => cfg!(windows),
    }
}

/// Whether a path means standard output, as it does for results that are text.
pub(super) fn is_screen(path: &Path) -> bool {
    path == Path::new("-")
}

/// Refuses, before any work is done, an output that would destroy an input or
/// has no folder to lie in; and `-`, which no file is called by chance.
pub(super) fn check_output(output: &Path, inputs: &[PathBuf]) -> Result<()> {
    if is_screen(output) {
        bail!("this is written to a file, not to standard output; a file called - is named ./-");
    }
    let folder = match output.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    if output.file_name().is_none() || output.is_dir() {
        bail!("{} names a folder, not a file", output.display());
    }
    if !folder.is_dir() {
        bail!("there is no folder {}", folder.display());
    }
    let Ok(place) = output.canonicalize() else {
        return Ok(());
    };
    match inputs
        .iter()
        .find(|input| input.canonicalize().is_ok_and(|p| p == place))
    {
        Some(input) => bail!(
            "{} is an input and would be written over; choose another output",
            input.display()
        ),
        None => Ok(()),
    }
}

/// Writes a file that is whole or not there.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut beside = Beside::create(path)?;
    beside
        .write_all(bytes)
        .with_context(|| cannot_write(path))?;
    beside.commit()
}

/// A [`WholeFile`] whose errors name it.
#[derive(Debug)]
pub(super) struct Beside {
    file: WholeFile,
    path: PathBuf,
}

impl Beside {
    pub(super) fn create(path: &Path) -> Result<Self> {
        Ok(Self {
            file: WholeFile::create(path).with_context(|| cannot_write(path))?,
            path: path.to_path_buf(),
        })
    }

    /// Puts the file in its place.
    pub(super) fn commit(self) -> Result<()> {
        self.file.commit().with_context(|| cannot_write(&self.path))
    }
}

impl Write for Beside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        write_file(&folder.path().join("out.json"), b"text").unwrap();
        let error = write_file(&folder.path().join("none/out.json"), b"x").unwrap_err();
        assert!(error.to_string().contains("out.json"), "{error}");
    }

    #[test]
    fn blocks_are_for_terminals_of_utf_8() {
        let of = |set: &[(&str, &str)]| {
            shows_blocks(|name| {
                let found = set.iter().find(|(set, _)| *set == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(of(&[("LANG", "de_DE.UTF-8")]));
        assert!(of(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("LANG", "C")]));
        assert!(!of(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]));
        assert!(!of(&[("TERM", "linux"), ("LANG", "en_US.UTF-8")]));
        assert!(!of(&[("LANG", "de_DE.ISO-8859-1")]));
    }

    #[test]
    fn inputs_and_missing_folders_are_no_outputs() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("in.npy");
        std::fs::write(&input, b"precious").unwrap();
        let inputs = [input.clone()];
        let detour = folder.path().join(".").join("in.npy");
        assert!(check_output(&detour, &inputs).is_err());
        assert!(check_output(&folder.path().join("new.dsp"), &inputs).is_ok());
        assert!(check_output(&folder.path().join("none/new.dsp"), &inputs).is_err());
        assert!(check_output(folder.path(), &inputs).is_err());
        let screen = check_output(Path::new("-"), &inputs).unwrap_err();
        assert!(screen.to_string().contains("./-"), "{screen}");
        assert!(check_output(Path::new("./-"), &inputs).is_ok());
    }
}
