//! safetensors, against files by the crate of that name.

use crate::support::{Folder, named};
use driftsphere::ErrorKind;
use driftsphere::ingest::{ArrayFile, Column, Dtype as Kind, InputFile, Roles, Selection};
use safetensors::tensor::{Dtype, TensorView};

fn bytes<const N: usize>(values: impl IntoIterator<Item = [u8; N]>) -> Vec<u8> {
    values.into_iter().flatten().collect()
}

/// Four rows of two numbers in every type, and columns beside them.
fn file() -> Vec<u8> {
    let numbers = [0.5_f32, 1.0, -2.0, 4.0, 8.0, 0.25, 1.5, -1.0];
    let tensors: [(&str, Dtype, Vec<usize>, Vec<u8>); 8] = [
        (
            "f16",
            Dtype::F16,
            vec![4, 2],
            bytes(numbers.map(|v| half::f16::from_f32(v).to_le_bytes())),
        ),
        (
            "bf16",
            Dtype::BF16,
            vec![4, 2],
            bytes(numbers.map(|v| half::bf16::from_f32(v).to_le_bytes())),
        ),
        (
            "f32",
            Dtype::F32,
            vec![4, 2],
            bytes(numbers.map(f32::to_le_bytes)),
        ),
        (
            "f64",
            Dtype::F64,
            vec![4, 2],
            bytes(numbers.map(|v| f64::from(v).to_le_bytes())),
        ),
        (
            "label",
            Dtype::I64,
            vec![4],
            bytes([3_i64, -1, 0, 3].map(i64::to_le_bytes)),
        ),
        ("good", Dtype::BOOL, vec![4], vec![1, 0, 1, 1]),
        (
            "small",
            Dtype::BF16,
            vec![4],
            bytes([1.0_f32, 2.0, 0.5, -1.0].map(|v| half::bf16::from_f32(v).to_le_bytes())),
        ),
        ("f8", Dtype::F8_E4M3, vec![4], vec![0; 4]),
    ];
    let views = tensors.iter().map(|(name, dtype, shape, data)| {
        (*name, TensorView::new(*dtype, shape.clone(), data).unwrap())
    });
    let about = [("format".to_owned(), "pt".to_owned())].into();
    safetensors::serialize(views.collect::<Vec<_>>(), Some(about)).unwrap()
}

#[test]
fn matrices_and_columns_of_every_type_are_read() {
    let folder = Folder::new();
    let file = ArrayFile::open(folder.write("t.safetensors", file())).unwrap();
    for name in ["f16", "bf16", "f32", "f64"] {
        let mut matrix = file.matrix(name).unwrap();
        let block = matrix.next_block(10).unwrap().unwrap();
        let expected = ndarray::array![[0.5_f32, 1.0], [-2.0, 4.0], [8.0, 0.25], [1.5, -1.0]];
        assert_eq!(block, expected, "{name}");
        assert!(matrix.next_block(10).unwrap().is_none());
    }
    assert_eq!(
        file.column("label").unwrap(),
        Column::Int(vec![3, -1, 0, 3])
    );
    assert_eq!(
        file.column("good").unwrap(),
        Column::Bool(vec![true, false, true, true])
    );
    assert_eq!(
        file.column("small").unwrap(),
        Column::Float(vec![1.0, 2.0, 0.5, -1.0])
    );
    let f8 = file
        .arrays()
        .iter()
        .find(|array| array.name == "f8")
        .unwrap();
    assert!(matches!(f8.dtype, Kind::Unsupported { .. }));
    assert_eq!(file.column("f8").unwrap_err().kind(), ErrorKind::Input);
}

#[test]
fn rows_are_chosen_as_in_other_arrays() {
    let folder = Folder::new();
    let file = InputFile::open(folder.write("t.safetensors", file())).unwrap();
    let roles = Roles {
        embeddings: named("bf16"),
        labels: named("label"),
        features: vec!["s*".into(), "good".into()],
        ..Roles::default()
    };
    let selection = Selection::parse(None, &["label=3"]).unwrap();
    let block = file
        .scan(&roles, &selection)
        .unwrap()
        .next_block(10)
        .unwrap()
        .unwrap();
    let batch = block.batch("e");
    assert_eq!(batch.len(), 2);
    assert_eq!(batch.label(1).as_deref(), Some("3"));
    assert_eq!(
        batch.spaces().next().unwrap().1,
        ndarray::array![[0.5_f32, 1.0], [1.5, -1.0]]
    );
    assert_eq!(
        batch.features().map(|(name, _)| name).collect::<Vec<_>>(),
        ["good", "small"]
    );
}

#[test]
fn a_header_that_lies_is_refused() {
    let with = |json: &str, data: usize| {
        let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
        bytes.extend(json.as_bytes());
        bytes.resize(bytes.len() + data, 0);
        bytes
    };
    let tensor = |name: &str, shape: &str, from: u64, to: u64| {
        format!(r#""{name}":{{"dtype":"F32","shape":{shape},"data_offsets":[{from},{to}]}}"#)
    };
    let cases = [
        (
            with(&format!("{{{}}}", tensor("a", "[2]", 0, 8)), 4),
            "truncated",
        ),
        (
            with(&format!("{{{}}}", tensor("a", "[2]", 0, 8)), 12),
            "belong to no tensor",
        ),
        (
            with(&format!("{{{}}}", tensor("a", "[3]", 0, 8)), 8),
            "needs 12 bytes",
        ),
        (
            with(&format!("{{{}}}", tensor("a", "[2]", 4, 12)), 12),
            "do not follow",
        ),
        (
            with(&format!("{{{}}}", tensor("a", "[2]", 8, 0)), 8),
            "do not follow",
        ),
        (
            with(
                &format!(
                    "{{{},{}}}",
                    tensor("a", "[2]", 0, 8),
                    tensor("b", "[2]", 0, 8)
                ),
                8,
            ),
            "do not follow",
        ),
        (
            with(
                &format!(
                    "{{{},{}}}",
                    tensor("a", "[1]", 0, 4),
                    tensor("a", "[1]", 4, 8)
                ),
                8,
            ),
            "two tensors are called `a`",
        ),
        (
            with(
                &format!("{{{}}}", tensor("a", "[9223372036854775807,8]", 0, 8)),
                8,
            ),
            "too large",
        ),
        (with("{\"a\": 3}", 0), "damaged"),
        (with("{", 0), "damaged"),
    ];
    let folder = Folder::new();
    for (bytes, words) in cases {
        let error = ArrayFile::open(folder.write("bad", bytes)).unwrap_err();
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
    let mut huge = (1_u64 << 39).to_le_bytes().to_vec();
    huge.push(b'{');
    let error = ArrayFile::open(folder.write("huge", huge)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}
