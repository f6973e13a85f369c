//! Array files made by hand, byte by byte, for the tests of the ingest room.
// Each test program uses its own part of this.
#![allow(dead_code)]

use std::io::Write;
use std::path::{Path, PathBuf};

use driftsphere::ingest::{ArrayFile, Limits};
use driftsphere::{Error, Result};
use tempfile::tempdir;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// A `.npy` array: `data` are the bytes after the header.
pub(crate) fn npy(descr: &str, fortran: bool, shape: &[usize], data: &[u8]) -> Vec<u8> {
    let fortran = if fortran { "True" } else { "False" };
    let shape: String = shape.iter().map(|n| format!("{n}, ")).collect();
    npy_with(
        &format!("{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': ({shape}), }}"),
        data,
    )
}

/// A `.npy` array with a header of one's own.
pub(crate) fn npy_with(dict: &str, data: &[u8]) -> Vec<u8> {
    let mut header = dict.as_bytes().to_vec();
    while !(10 + header.len() + 1).is_multiple_of(64) {
        header.push(b' ');
    }
    header.push(b'\n');
    let mut out = b"\x93NUMPY\x01\x00".to_vec();
    out.extend((header.len() as u16).to_le_bytes());
    out.extend(header);
    out.extend(data);
    out
}

pub(crate) fn f32_matrix(rows: usize, cols: usize, values: &[f32]) -> Vec<u8> {
    let data: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    npy("'<f4'", false, &[rows, cols], &data)
}

pub(crate) fn i64_column(values: &[i64]) -> Vec<u8> {
    let data: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    npy("'<i8'", false, &[values.len()], &data)
}

/// Texts as NumPy's `U`, little endian.
pub(crate) fn text_column(values: &[&str]) -> Vec<u8> {
    let width = values
        .iter()
        .map(|v| v.chars().count())
        .max()
        .unwrap_or(0)
        .max(1);
    let mut data = Vec::new();
    for value in values {
        let mut points: Vec<u32> = value.chars().map(u32::from).collect();
        points.resize(width, 0);
        data.extend(points.iter().flat_map(|p| p.to_le_bytes()));
    }
    npy(&format!("'<U{width}'"), false, &[values.len()], &data)
}

/// A zip archive of the given members.
pub(crate) fn archive(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in members {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub(crate) fn stored(members: &[(&str, &[u8])]) -> Vec<u8> {
    archive(members, CompressionMethod::Stored)
}

pub(crate) fn deflated(members: &[(&str, &[u8])]) -> Vec<u8> {
    archive(members, CompressionMethod::Deflated)
}

pub(crate) fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Everything that can be read from a file, in small blocks.
pub(crate) fn read_all(path: &Path, limits: &Limits) -> Result<usize> {
    let file = ArrayFile::open_with(path, limits)?;
    let mut values = 0;
    for array in file.arrays() {
        if array.shape.len() == 2 {
            let mut reader = file.matrix(&array.name)?;
            while let Some(block) = reader.next_block(3)? {
                values += block.len();
            }
        } else {
            values += file.column(&array.name)?.len();
        }
    }
    Ok(values)
}

/// Why a file with these bytes is refused.
pub(crate) fn refused(bytes: &[u8]) -> Error {
    let folder = tempdir().unwrap();
    let path = write(folder.path(), "hostile", bytes);
    let error = read_all(&path, &Limits::default()).unwrap_err();
    assert!(error.to_string().contains("hostile"), "no file in: {error}");
    error
}
