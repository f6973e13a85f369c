//! Folders are walked, files are named, lists are joined.

use std::sync::Arc;

use driftsphere::ingest::image::{ImageReader, ImageSet, Measured, Picture};
use driftsphere::ingest::{InputFile, Roles, Selection};

use crate::support::{Folder, ids, jpeg, read, roles, set, told};

#[test]
fn a_folder_gives_paths_and_first_sub_folders_and_counts_the_rest() {
    let small = jpeg(8, 6);
    let folder = Folder::new(&[
        ("cat/1.jpg", &small),
        ("cat/deep/2.jpg", &small),
        ("dog/1.png", &small),
        ("top.jpg", &small),
        ("notes.txt", b"no picture"),
        ("none.jpg", b""),
        (".thumbs/1.jpg", &small),
        ("dog/.hidden.jpg", &small),
    ]);
    let roles = Roles {
        labels: Some("folder".into()),
        ..roles()
    };
    let (blocks, problems) = read(&folder.pictures(ImageReader::new()), &roles);
    assert_eq!(
        ids(&blocks),
        ["cat/1.jpg", "cat/deep/2.jpg", "dog/1.png", "top.jpg"]
    );
    let batch = blocks[0].batch("");
    let labels: Vec<_> = (0..4).map(|row| batch.label(row)).collect();
    let labels: Vec<_> = labels.iter().map(Option::as_deref).collect();
    assert_eq!(labels, [Some("cat"), Some("cat"), Some("dog"), None]);
    assert_eq!(
        told(&problems),
        [
            "2 hidden file or folder: .thumbs dog/.hidden.jpg",
            "1 picture of no bytes: none.jpg",
            "1 picture of unknown format: notes.txt",
        ]
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_loops_and_pipes_are_not() {
    use std::os::unix::fs::symlink;
    let small = jpeg(8, 6);
    let folder = Folder::new(&[("a/1.jpg", &small)]);
    symlink(folder.path("a/1.jpg"), folder.path("link.jpg")).unwrap();
    symlink(folder.path(""), folder.path("a/loop")).unwrap();
    symlink(folder.path("gone"), folder.path("broken.jpg")).unwrap();
    let pipe = std::process::Command::new("mkfifo")
        .arg(folder.path("pipe.jpg"))
        .status();
    assert!(pipe.unwrap().success());
    let (blocks, problems) = read(&folder.pictures(ImageReader::new()), &roles());
    assert_eq!(ids(&blocks), ["a/1.jpg", "link.jpg"]);
    assert_eq!(
        told(&problems),
        [
            "1 file or folder that cannot be looked at: broken.jpg",
            "1 link that leads back to a folder above it: a/loop",
            "1 neither file nor folder: pipe.jpg",
        ]
    );
}

#[test]
fn a_list_gives_paths_labels_times_and_features() {
    let small = jpeg(8, 6);
    let folder = Folder::new(&[("in/a.jpg", &small), ("in/b.jpg", &small)]);
    folder.write(
        "list.csv",
        b"image,site,class,when,file.width\n\
          in/a.jpg,north,cat,2025-03-03T00:00:00Z,99\n\
          in/gone.jpg,north,cat,2025-03-03T00:00:00Z,99\n\
          ,south,cat,2025-03-03T00:00:00Z,99\n\
          in/b.jpg,south,dog,2025-03-04,\n",
    );
    folder.write(
        "list.jsonl",
        b"{\"path\": \"in/a.jpg\", \"site\": 7}\n{\"path\": \"in/b.jpg\"}\n",
    );
    let list = |name: &str| InputFile::open(folder.path(name)).unwrap();
    let mut pictures = set(ImageReader::new());
    pictures.add_list(list("list.csv"), None).unwrap();
    let roles = Roles {
        labels: Some("class".into()),
        time: Some("when".into()),
        ..roles()
    };
    let (blocks, problems) = read(&InputFile::of_images(pictures), &roles);
    assert_eq!(ids(&blocks), ["in/a.jpg", "in/b.jpg"]);
    let batch = blocks[0].batch("");
    assert_eq!(batch.label(1).as_deref(), Some("dog"));
    assert_eq!(batch.time(1), Some(1_741_046_400_000));
    let names: Vec<_> = batch.features().map(|(name, _)| name).collect();
    assert_eq!(names, ["file.format", "file.width", "pixels.mean", "site"]);
    // What was measured is not written over by what a list says.
    let (_, width) = batch.features().nth(1).unwrap();
    assert_eq!(width.text(0), "8");
    let told = told(&problems);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.contains(&"1 picture that cannot be opened: in/gone.jpg".to_owned()));
    assert!(told.contains(&"1 record without a path: ".to_owned()));

    let mut pictures = set(ImageReader::new());
    pictures.add_list(list("list.jsonl"), Some("path")).unwrap();
    let (blocks, _) = read(&InputFile::of_images(pictures), &crate::support::roles());
    let (_, site) = &blocks[0].features()[3];
    assert_eq!((site.text(0).as_ref(), site.is_given(1)), ("7", false));

    let mut pictures = set(ImageReader::new());
    let error = pictures
        .add_list(list("list.csv"), Some("photo"))
        .unwrap_err();
    assert!(error.message().contains("--paths"), "{error}");
}

#[test]
fn conditions_choose_among_what_is_known_and_measured() {
    let folder = Folder::new(&[("a/1.jpg", &jpeg(8, 6)), ("b/2.jpg", &jpeg(9, 6))]);
    let file = folder.pictures(ImageReader::new());
    for (condition, id) in [("folder=a", "a/1.jpg"), ("file.width=9", "b/2.jpg")] {
        let chosen = Selection::parse(None, &[condition]).unwrap();
        let mut scan = file.scan(&roles(), &chosen).unwrap();
        let block = scan.next_block(10).unwrap().unwrap();
        assert_eq!(
            (block.len(), block.batch("").id(0).as_deref()),
            (1, Some(id))
        );
    }
}

/// A model as a measure: its vector becomes a row of an embedding space.
#[test]
fn a_measure_may_give_a_row_of_a_space() {
    let folder = Folder::new(&[
        ("1.jpg", &jpeg(8, 6)),
        ("2.jpg", &jpeg(9, 6)),
        ("3.jpg", &jpeg(10, 6)[..200]),
    ]);
    let model = |picture: &Picture, _: &str| Measured {
        vectors: vec![("size".into(), vec![picture.facts.width as f32, 1.0])],
        ..Measured::default()
    };
    let mut set = ImageSet::new(ImageReader::new(), Arc::new(model));
    set.add_folder(folder.path(""));
    let file = InputFile::of_images(set);
    assert_eq!(file.dimension("size").unwrap(), 2);
    let roles = Roles {
        embeddings: Some("size".into()),
        ..roles()
    };
    let (blocks, problems) = read(&file, &roles);
    let batch = blocks[0].batch("size");
    let (_, rows) = batch.spaces().next().unwrap();
    assert_eq!(rows, ndarray::array![[8.0, 1.0], [9.0, 1.0]]);
    assert_eq!(told(&problems), ["1 picture that is truncated: 3.jpg"]);
}

#[test]
fn a_folder_without_pictures_and_a_name_that_no_picture_has_are_errors() {
    let read = |folder: &Folder, roles: &Roles| {
        let file = folder.pictures(ImageReader::new());
        let mut scan = file.scan(roles, &Selection::all()).unwrap();
        loop {
            match scan.next_block(10) {
                Ok(Some(_)) => {}
                Ok(None) => panic!("no error"),
                Err(error) => return error.to_string(),
            }
        }
    };
    let empty = Folder::new(&[("notes.txt", b"no picture")]);
    assert!(read(&empty, &roles()).starts_with("no picture was found"));
    let one = Folder::new(&[("a.jpg", &jpeg(8, 6))]);
    let asked = Roles {
        groups: Some("exif.serial".into()),
        ..roles()
    };
    let error = read(&one, &asked);
    assert!(
        error.starts_with("there is no column `exif.serial`"),
        "{error}"
    );
}
