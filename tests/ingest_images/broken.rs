//! Pictures that are cut, wrong, too large, or hard on their decoder: counted, and the rest is
//! read as if they were not there.

use std::io::Read;
use std::sync::Arc;

use driftsphere::ingest::image::{
    Channels, Colour, Decoder, Fault, Header, ImageLimits, ImageReader, Pixels, Samples,
};
use driftsphere::ingest::{InputFile, Loss, Selection};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};
use driftsphere::{Error, ErrorKind, Result};
use image::ImageFormat;

use crate::support::{Folder, encoded, ids, jpeg, read, rgb, roles, told, vendored};

/// `BAD` and a letter: what it does.
struct Bad;

impl Decoder for Bad {
    fn format(&self) -> &str {
        "bad"
    }

    fn recognises(&self, start: &[u8]) -> bool {
        start.starts_with(b"BAD")
    }

    fn header(&self, file: &mut dyn Read) -> Result<Header> {
        let mut head = [0; 4];
        file.read_exact(&mut head)
            .map_err(|e| Error::new(ErrorKind::Input, "cut").because(e))?;
        assert_ne!(head[3], b'h', "a header that panics");
        Ok(Header::new(2, 2, Colour::Grey, 8))
    }

    fn pixels(&self, bytes: &[u8], _: &Header, _: &ImageLimits) -> Result<Pixels> {
        match bytes[3] {
            b'p' => panic!("pixels that panic"),
            b'l' => Err(Error::new(ErrorKind::Limit, "too much")),
            b's' => loop {
                std::thread::sleep(std::time::Duration::from_secs(1));
            },
            _ => Pixels::new(2, 2, Channels::Grey, Samples::U8(vec![7; 4])),
        }
    }
}

fn reader() -> ImageReader {
    let limits = ImageLimits {
        max_pixels: 10_000,
        max_bytes: 100_000,
        max_seconds: 1,
    };
    ImageReader::new().limits(limits).decoder(Arc::new(Bad))
}

/// One of each kind of trouble, and some without.
fn folder() -> Folder {
    let good = jpeg(40, 30);
    let png = encoded(&rgb(40, 30), ImageFormat::Png);
    let mut long = good.clone();
    long.resize(100_001, 0);
    // The size in the header is a claim.
    let mut bomb = png.clone();
    bomb[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    let folder = Folder::new(&[
        ("bomb.png", &bomb),
        ("cut.jpg", &good[..good.len() - 9]),
        ("cut.png", &png[..png.len() - 40]),
        ("damaged.jpg", b"\xff\xd8\xff\xe0\0\x04ab\xff\xd9"),
        ("fine.bad", b"BAD."),
        ("good.jpg", &good),
        ("large.png", &encoded(&rgb(101, 100), ImageFormat::Png)),
        ("limit.bad", b"BADl"),
        ("long.jpg", &long),
        ("panics.bad", b"BADp"),
        ("panics_early.bad", b"BADh"),
        ("short.jpg", &good[..100]),
        ("slow.bad", b"BADs"),
    ]);
    for i in 0..40 {
        folder.write(&format!("more/{i}.jpg"), &jpeg(8 + i, 9));
    }
    folder
}

#[test]
fn each_trouble_is_counted_with_its_name_and_the_rest_is_read() {
    let (blocks, problems) = read(&folder().pictures(reader()), &roles());
    let lost = |loss: Loss| {
        let of = problems.iter().filter(|p| p.loss == loss).cloned();
        told(&of.collect::<Vec<_>>())
    };
    assert_eq!(
        lost(Loss::Failed),
        [
            "1 picture that is damaged: damaged.jpg",
            "1 picture that is truncated: short.jpg",
            "1 picture that took longer than the limit: slow.bad",
            "1 picture whose decoder panicked: panics_early.bad",
        ]
    );
    // What their headers say is there.
    assert_eq!(
        lost(Loss::Pixels),
        [
            "1 picture of more bytes than the limit: long.jpg",
            "2 picture of more pixels than the limit: bomb.png large.png",
            "2 picture that is truncated: cut.jpg cut.png",
            "1 picture that takes more memory than the limit: limit.bad",
            "1 picture whose decoder panicked: panics.bad",
        ]
    );
    let read: Vec<String> = ids(&blocks);
    assert_eq!(read.len(), 40 + 9);
    assert!(read.contains(&"bomb.png".to_owned()));
}

fn profile(file: &InputFile, threads: usize) -> Profile {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.unwrap().install(|| {
        let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
        let mut scan = file.scan(&roles(), &Selection::all()).unwrap();
        while let Some(block) = scan.next_block(1000).unwrap() {
            builder.track_batch(&block.batch("")).unwrap();
        }
        for problem in scan.problems() {
            match problem.loss {
                Loss::Failed => builder.fail(&problem.reason, problem.count),
                Loss::Skipped => builder.skip(&problem.reason, problem.count),
                Loss::Pixels | Loss::Value => {}
            }
        }
        builder.freeze()
    })
}

#[test]
fn threads_leave_no_trace_and_parts_merge_to_the_whole() {
    let folder = folder();
    std::fs::remove_file(folder.path("slow.bad")).unwrap();
    let one = profile(&folder.pictures(reader()), 1);
    assert_eq!(one.records(), 49);
    for threads in [2, 5] {
        let several = profile(&folder.pictures(reader()), threads);
        assert!(several.to_bytes() == one.to_bytes(), "{threads} threads");
    }
    // Two lists of the same files divide the folder.
    let names = ids(&read(&folder.pictures(reader()), &roles()).0);
    let (mut first, mut second) = (String::from("path,n\n"), String::from("path,n\n"));
    for (at, name) in names.iter().enumerate() {
        let part = if at % 3 == 0 { &mut first } else { &mut second };
        part.push_str(&format!("{name},1\n"));
    }
    let whole = [&first, second.strip_prefix("path,n\n").unwrap()].concat();
    let of = |name: &str, text: &str| {
        folder.write(name, text.as_bytes());
        let list = InputFile::open(folder.path(name)).unwrap();
        let mut set = crate::support::set(reader());
        set.add_list(list, None).unwrap();
        profile(&InputFile::of_images(set), 2)
    };
    let mut merged = of("first.csv", &first);
    merged.merge(&of("second.csv", &second)).unwrap();
    assert!(merged.to_bytes() == of("whole.csv", &whole).to_bytes());
}

#[test]
fn where_nothing_could_be_read_it_is_an_error() {
    let good = jpeg(40, 30);
    let folder = Folder::new(&[("a.jpg", &good[..200]), ("b.jpg", &good[..good.len() / 2])]);
    let file = folder.pictures(ImageReader::new());
    let mut scan = file.scan(&roles(), &Selection::all()).unwrap();
    let error = loop {
        match scan.next_block(10) {
            Ok(Some(_)) => {}
            Ok(None) => panic!("no error"),
            Err(error) => break error.to_string(),
        }
    };
    assert!(
        error.starts_with("none of 2 pictures could be read whole"),
        "{error}"
    );
}

/// Cut anywhere, and with a byte changed anywhere: an answer, and no panic that gets out.
#[test]
fn no_cut_and_no_byte_leads_astray() {
    let reader = reader();
    let mut answers = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir(vendored()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        if ImageReader::new().read_bytes(&bytes, &name).is_err() {
            continue;
        }
        let step = bytes.len() / 12 + 1;
        for at in (0..bytes.len()).step_by(step).chain(0..24) {
            let cut = reader.read_bytes(&bytes[..at], &name);
            answers.insert(cut.map_or_else(|e| e.to_string(), |p| format!("{:?}", p.pixels.err())));
            let mut changed = bytes.clone();
            changed[at] ^= 0xff;
            if let Ok(picture) = reader.read_bytes(&changed, &name) {
                assert_ne!(picture.pixels, Err(Fault::Panicked), "{name} at {at}");
            }
        }
    }
    assert!(answers.len() > 3, "{answers:?}");
}
