//! Columns of Python: lists and one-dimensional arrays.

use crate::array::{as_array, is_masked, kind};
use crate::error::argument;
use driftsphere::ingest::{Cell, Column};
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyFloat, PyInt, PyList, PyString, PyTuple};

/// One value for each record; `what` names the argument in errors.
///
/// Numbers and truth values of arrays are taken as they are, all else value by value:
/// texts, numbers, truth values, and `None`, `NaT` and `pandas.NA` as nulls.
pub(crate) fn column(value: &Bound<'_, PyAny>, what: &str) -> PyResult<Column> {
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        return cells(value, what);
    }
    if value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>() {
        let message = "one value for each record is needed, not one text; write [text]";
        return Err(argument(message, "column", what));
    }
    if lacks_values(value)? {
        let values = value.call_method1("astype", ("object",))?;
        return cells(&values.call_method0("tolist")?, what);
    }
    let array = match is_masked(value)? {
        true => value.clone(),
        false => as_array(value, what)?,
    };
    let shape: Vec<usize> = array.getattr("shape")?.extract()?;
    if shape.len() != 1 {
        let shape: Vec<String> = shape.iter().map(usize::to_string).collect();
        let message = format!(
            "one value for each record is needed, not the shape ({})",
            shape.join(", ")
        );
        return Err(argument(message, "column", what));
    }
    if is_masked(&array)? {
        return cells(&array.call_method0("tolist")?, what);
    }
    match kind(&array)?.as_str() {
        "i" => Ok(Column::Int(vector(&array, "int64")?)),
        "u" => match vector::<u64>(&array, "uint64")?
            .into_iter()
            .map(i64::try_from)
            .collect()
        {
            Ok(values) => Ok(Column::Int(values)),
            Err(_) => Err(too_large(what)),
        },
        "f" => Ok(Column::Float(vector(&array, "float64")?)),
        "b" => Ok(Column::Bool(vector(&array, "bool")?)),
        "U" | "S" | "T" | "O" => cells(&array.call_method0("tolist")?, what),
        _ => {
            let dtype = array.getattr("dtype")?.str()?;
            let message = format!("values are numbers, truth values or texts, not {dtype}");
            Err(argument(message, "column", what))
        }
    }
}

/// Whether it is a column of pandas of a type of its own, in which values are missing: NumPy
/// would make numbers with a floating point of whole ones, and NaN of what is missing.
fn lacks_values(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let is_extension = match value.getattr_opt("dtype")? {
        Some(dtype) => dtype.hasattr("na_value")?,
        None => false,
    };
    if !is_extension || !value.hasattr("isna")? {
        return Ok(false);
    }
    value.call_method0("isna")?.call_method0("any")?.is_truthy()
}

/// The numbers of an array, widened to `dtype`.
pub(crate) fn vector<T: numpy::Element + Copy>(
    array: &Bound<'_, PyAny>,
    dtype: &str,
) -> PyResult<Vec<T>> {
    let array = array.call_method1("astype", (dtype,))?;
    let array = array.cast::<PyArray1<T>>().map_err(PyErr::from)?;
    Ok(array.readonly().as_array().to_vec())
}

fn cells(values: &Bound<'_, PyAny>, what: &str) -> PyResult<Column> {
    let mut out = Vec::with_capacity(values.len()?);
    for (row, value) in values.try_iter()?.enumerate() {
        out.push(cell(&value?, row, what)?);
    }
    Ok(Column::Mixed(out))
}

fn cell(value: &Bound<'_, PyAny>, row: usize, what: &str) -> PyResult<Cell> {
    if value.is_none() {
        return Ok(Cell::Null);
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Cell::Text(text.to_cow()?.into_owned()));
    }
    // Python's truth values are integers, too.
    if let Ok(truth) = value.cast::<PyBool>() {
        return Ok(Cell::Bool(truth.is_true()));
    }
    if value.is_instance_of::<PyInt>() {
        return value.extract().map(Cell::Int).map_err(|_| too_large(what));
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        return Ok(Cell::Float(number.value()));
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return match std::str::from_utf8(bytes.as_bytes()) {
            Ok(text) => Ok(Cell::Text(text.to_owned())),
            Err(_) => {
                let message = format!("the text of row {row} is not UTF-8");
                Err(argument(message, "column", what))
            }
        };
    }
    let name = value.get_type().name()?.to_string();
    if ["NAType", "NaTType"].contains(&name.as_str()) {
        return Ok(Cell::Null);
    }
    // Scalars of NumPy and of tensors.
    if value.hasattr("item")? {
        let plain = value.call_method0("item")?;
        if !plain.hasattr("item")? {
            return cell(&plain, row, what);
        }
    }
    let message =
        format!("row {row} holds a {name}; values are numbers, truth values, texts or None");
    Err(argument(message, "column", what))
}

fn too_large(what: &str) -> PyErr {
    let message = "a whole number beyond 64 bits with a sign; give such ids as texts";
    argument(message, "column", what)
}
