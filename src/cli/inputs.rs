//! Which inputs are parts of one table, and which know other things of the same
//! records.

use super::input_args::{As, ColumnArgs, ImageArgs};
use super::pictures::{Pictures, are_pictures};
use driftsphere::ingest::{Format, InputFile, Roles, Selection};
use driftsphere::profile::{ImageSettings, ProfileConfig};
use driftsphere::{Error, ErrorKind, Result};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A file and what is to be read of it.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) file: InputFile,
    pub(super) roles: Roles,
    pub(super) selection: Selection,
}

/// Inputs of equal columns, to be read one after the other.
pub(super) type Table = Vec<Input>;

/// Opens the inputs and divides them into tables. The first is the one to be
/// streamed: that with the embeddings, or else that of the first input. All pictures are
/// one table, so that they are read together; also says how they are measured, if there are
/// any: as `images` says, or as the profile was that is followed.
pub(super) fn open(
    paths: &[impl AsRef<Path>],
    columns: &ColumnArgs,
    selection: &Selection,
    images: &ImageArgs,
    like: Option<&ProfileConfig>,
) -> Result<(Vec<Table>, Option<ImageSettings>)> {
    let paths = paths.iter().map(|path| path.as_ref().to_owned());
    let (pictures, others): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.partition(|path| are_pictures(path, columns.kind));
    let mut files = Vec::new();
    for path in &others {
        let kind = columns.kind.and_then(As::of_file);
        files.push(InputFile::open_with(path, kind, &Default::default())?);
    }
    let mut settings = None;
    if pictures.is_empty() {
        if *images != ImageArgs::default() {
            let message = "flags about pictures, and no input is one";
            return Err(Error::new(ErrorKind::Argument, message));
        }
    } else {
        let how = Pictures::new(images, like)?;
        files.push(how.open(&pictures)?);
        settings = Some(how.settings);
    }
    Ok((tables(files, columns, selection)?, settings))
}

fn tables(
    files: Vec<InputFile>,
    columns: &ColumnArgs,
    selection: &Selection,
) -> Result<Vec<Table>> {
    let mut tables: Vec<Table> = Vec::new();
    let alone = files.len() == 1;
    for file in files {
        let roles = roles(&file, columns, alone)?;
        let input = Input {
            file,
            roles,
            selection: selection.clone(),
        };
        let mut fits = None;
        for (at, table) in tables.iter().enumerate() {
            if are_parts(&table[0], &input)? {
                fits = Some(at);
                break;
            }
        }
        match fits {
            Some(at) => tables[at].push(input),
            None => tables.push(vec![input]),
        }
    }
    if tables.len() > 1 {
        join(&mut tables, columns, selection)?;
    } else if let Some(table) = tables.first_mut() {
        for input in table {
            // Nothing else can have what was asked for: reading says what is missing.
            input.roles = self::roles(&input.file, columns, true)?;
        }
    }
    Ok(tables)
}

/// What the flags mean in one file. With `alone`, every name that was typed is
/// looked for in it; otherwise only those it has.
fn roles(file: &InputFile, columns: &ColumnArgs, alone: bool) -> Result<Roles> {
    let is_pictures = file.format() == Format::Images;
    let has = |name: &str| {
        file.has(name)
            || file.has_built_in(name)
            || (file.format() == Format::Arrays && is_elsewhere(name))
    };
    let own = |key: &Option<String>| key.clone().filter(|name| alone || has(name));
    let is_records = match columns.kind {
        Some(As::Records | As::Images) => true,
        Some(As::Embeddings) => false,
        Some(As::Coco | As::Yolo | As::Voc | As::LabelMaps) | None => {
            file.format() != Format::Arrays
        }
    };
    let all = is_records && columns.features.is_empty();
    // A column of this name could be nothing else: the profile calls it so, too.
    let by_name = |key: &Option<String>, name: &str| match key {
        None if all && file.has(name) => Some(name.to_owned()),
        key => own(key),
    };
    let features = columns.features.iter();
    let features = features.filter(|name| alone || name.contains('*') || has(name));
    // A picture always has a name, whatever the ids of other inputs are called.
    let named = columns.ids.clone().filter(|name| file.has(name));
    let ids = match is_pictures {
        true => Some(named.unwrap_or_else(|| "id".to_owned())),
        false => own(&columns.ids),
    };
    let mut roles = Roles {
        ids,
        labels: by_name(&columns.labels, "label"),
        predictions: by_name(&columns.predictions, "prediction"),
        groups: own(&columns.group),
        segments: own(&columns.segment),
        time: own(&columns.time),
        features: match all {
            true => vec!["*".to_owned()],
            false => features.cloned().collect(),
        },
        embeddings: None,
    };
    roles.embeddings = match &columns.embeddings {
        Some(name) if alone || has(name) => Some(name.clone()),
        Some(name) if !is_pictures && file.dimension(name).is_ok() => Some(name.clone()),
        Some(_) => None,
        None if is_pictures || columns.kind == Some(As::Records) => None,
        None => match file.sole_embeddings() {
            Err(_) if !alone && !file.has_vectors() => None,
            found => found.map_err(|e| e.at("option", "--embeddings"))?,
        },
    };
    if columns.kind == Some(As::Embeddings) && alone && roles.embeddings.is_none() {
        let message = "no column of embeddings; name one with --embeddings, or leave out --as";
        return Err(Error::new(ErrorKind::Argument, message).at("file", file.path().display()));
    }
    Ok(roles)
}

/// Whether a name is that of another file: `labels.npy`, `labels.npz:KEY`.
fn is_elsewhere(name: &str) -> bool {
    let path = name.rsplit_once(':').map_or(name, |(path, _)| path);
    Path::new(name).is_file() || Path::new(path).is_file()
}

/// Whether two inputs have the same columns, of those that are read. Lines of
/// JSON need not agree on their keys: one key in common besides the roles will
/// do.
fn are_parts(a: &Input, b: &Input) -> Result<bool> {
    let names = |input: &Input| -> Result<BTreeSet<String>> {
        Ok(input.file.features(&input.roles)?.into_iter().collect())
    };
    let same_roles = a.roles.embeddings == b.roles.embeddings
        && a.roles.ids == b.roles.ids
        && a.roles.labels == b.roles.labels
        && a.roles.predictions == b.roles.predictions
        && a.roles.groups == b.roles.groups
        && a.roles.segments == b.roles.segments
        && a.roles.time == b.roles.time;
    let (a_names, b_names) = (names(a)?, names(b)?);
    let json = |input: &Input| input.file.format() == Format::JsonLines;
    Ok(same_roles && (a_names == b_names || json(a) && json(b) && !a_names.is_disjoint(&b_names)))
}

/// Checks that tables can be joined by id, puts the one to be streamed first,
/// and gives each the conditions on its own columns.
fn join(tables: &mut [Table], columns: &ColumnArgs, selection: &Selection) -> Result<()> {
    let place = |error: Error, input: &Input| error.at("file", input.file.path().display());
    let argument = |message: String| Error::new(ErrorKind::Argument, message);
    let Some(id) = &columns.ids else {
        let message = "the inputs have different columns: inputs of equal columns are read one after \
             the other, all others are joined by id; name the column of the ids with --ids";
        return Err(place(argument(message.to_owned()), &tables[1][0]));
    };
    let with = |table: &Table| table[0].roles.embeddings.is_some();
    let mut streamed = tables.iter().enumerate().filter(|(_, table)| with(table));
    let first = streamed.next().map_or(0, |(at, _)| at);
    if let Some((_, second)) = streamed.next() {
        let message = "a second input has embeddings, and in other columns than the first";
        return Err(place(argument(message.to_owned()), &second[0]));
    }
    tables[..=first].rotate_right(1);
    for table in tables.iter() {
        if let Some(input) = table.iter().find(|input| input.roles.ids.is_none()) {
            let message = format!("there is no column `{id}` to join by");
            return Err(place(argument(message), input).at("option", "--ids"));
        }
    }
    // What is measured of pictures is known when they are read.
    let is_measured = |table: &Table, name: &str| {
        let groups = ["file.", "exif.", "pixels.", "quality.", "custom."];
        table[0].file.format() == Format::Images && groups.iter().any(|g| name.starts_with(g))
    };
    let may_have = |table: &Table, name: &str| {
        let file = &table[0].file;
        file.has(name) || file.has_built_in(name) || is_measured(table, name)
    };
    if let Some(name) = selection
        .columns()
        .find(|name| !tables.iter().any(|t| may_have(t, name)))
    {
        return Err(argument(format!("no input has a column `{name}`")).at("option", "--where"));
    }
    let asked = [
        &columns.embeddings,
        &columns.labels,
        &columns.predictions,
        &columns.time,
        &columns.group,
        &columns.segment,
    ];
    let asked = asked.into_iter().flatten().chain(&columns.features);
    for name in asked.filter(|name| !name.contains('*')) {
        let is_embeddings = tables[0][0].roles.embeddings.as_ref() == Some(name);
        let found = tables.iter().any(|table| may_have(table, name));
        if !found && !is_embeddings && !is_elsewhere(name) {
            return Err(argument(format!("no input has a column `{name}`")));
        }
    }
    for at in 0..tables.len() {
        // A condition holds where its column stands first.
        let (before, rest) = tables.split_at_mut(at);
        let own = |name: &str| {
            !before.iter().any(|table| may_have(table, name)) && may_have(&rest[0], name)
        };
        let part = selection.part(at == 0, own);
        for input in &mut rest[0] {
            input.selection = part.clone();
        }
    }
    Ok(())
}
