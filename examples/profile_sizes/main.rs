//! How large profiles are: d = 64 to 4,096, 1 to 10,000 classes; plain, shrunk and
//! sealed; and whether a part takes more than its budget. The tables of `docs/size.md`.
//!
//! usage: cargo run --release --example profile_sizes

mod budget;
mod stream;

use budget::{SHAPE, Shape};
use driftsphere::profile::{Part, Profile};
use driftsphere::{Error, ErrorKind};

const DIMS: [usize; 4] = [64, 256, 1024, 4096];
const CLASSES: [usize; 5] = [1, 10, 100, 1_000, 10_000];
/// Enough to fill every sketch and sample.
const RECORDS: usize = 20_000;

/// In units of 1,000 bytes.
fn kilobytes(bytes: u64) -> String {
    let thousands = (bytes + 500) / 1000;
    let text = thousands.to_string();
    match text.len() {
        0..=3 => text,
        n => format!("{},{}", &text[..n - 3], &text[n - 3..]),
    }
}

fn main() -> driftsphere::Result<()> {
    println!("| d | classes | plain, kB | shrunk to 100 rows, kB | sealed, kB | budget, kB |");
    println!("| --- | --- | --- | --- | --- | --- |");
    let (mut parts, mut is_over) = (Vec::new(), false);
    for dim in DIMS {
        for classes in CLASSES {
            let shape = Shape {
                dim,
                classes,
                records: RECORDS,
                ..SHAPE
            };
            let profiles = stream::profiles(&shape)?;
            let size = |profile: &Profile| kilobytes(profile.contents().bytes());
            let [plain, shrunk, sealed] = [0, 1, 2].map(|at: usize| size(&profiles[at].1));
            let contents = profiles[0].1.contents();
            let budget = contents.parts().map(|(part, _)| shape.budget(part, false));
            let budget = kilobytes(budget.sum::<usize>() as u64);
            println!("| {dim} | {classes} | {plain} | {shrunk} | {sealed} | {budget} |");
            for (name, profile) in &profiles {
                for (part, bytes, budget) in budget::exceeded(&shape, profile) {
                    is_over = true;
                    eprintln!(
                        "over budget: d = {dim}, {classes} classes, {name}: {} takes {bytes} of {budget}",
                        part.name()
                    );
                }
            }
            if [1, 1_000].contains(&classes) {
                parts.push((dim, classes, contents));
            }
        }
    }
    println!("\nThe plain ones by part, kB:\n");
    let columns = [
        Part::Samples,
        Part::Codebooks,
        Part::Directions,
        Part::Numbers,
    ];
    let names = columns.map(Part::name).join(" | ");
    println!("| d | classes | {names} | all else |\n| --- | --- | --- | --- | --- | --- | --- |");
    for (dim, classes, contents) in parts {
        let bytes = columns.map(|part| contents.bytes_of(part));
        let rest = contents.bytes() - bytes.iter().sum::<u64>();
        let cells = bytes.map(kilobytes).join(" | ");
        println!("| {dim} | {classes} | {cells} | {} |", kilobytes(rest));
    }
    match is_over {
        true => Err(Error::new(
            ErrorKind::Limit,
            "a part takes more than its budget",
        )),
        false => Ok(()),
    }
}
