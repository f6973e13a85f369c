//! Matrices of Python: NumPy arrays, and whatever turns into one.

use crate::error::argument;
use driftsphere::ndarray::{ArrayView2, CowArray, Ix2};
use half::f16;
use numpy::PyReadonlyArray2;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyString, PyTuple};

/// `module.name`, looked up once.
fn numpy<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    static NUMPY: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let module = NUMPY.get_or_try_init(py, || py.import("numpy").map(Bound::unbind))?;
    module.bind(py).getattr(name)
}

/// `value` as a NumPy array of the machine's byte order, without a copy where its
/// protocol (the buffer, `__array__`, `__dlpack__`) allows.
///
/// `what` names the argument in errors.
pub(crate) fn as_array<'py>(value: &Bound<'py, PyAny>, what: &str) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    let only_dlpack = !value.hasattr("__array__")? && value.hasattr("__dlpack__")?;
    let convert = numpy(
        py,
        if only_dlpack {
            "from_dlpack"
        } else {
            "asarray"
        },
    )?;
    let array = convert.call1((value,)).map_err(|cause| {
        // Interrupts pass as they are.
        if !cause.is_instance_of::<PyException>(py) {
            return cause;
        }
        let error = argument(
            format!("no array can be made of it: {cause}"),
            "column",
            what,
        );
        error.set_cause(py, Some(cause));
        error
    })?;
    let dtype = array.getattr("dtype")?;
    let is_native: bool = dtype.getattr("isnative")?.extract()?;
    let is_aligned: bool = array.getattr("flags")?.getattr("aligned")?.extract()?;
    if is_native && is_aligned {
        return Ok(array);
    }
    array.call_method1("astype", (dtype.call_method1("newbyteorder", ("=",))?,))
}

/// The one-letter kind of an array's type: `f`, `i`, `u`, `b`, `M`, ...
pub(crate) fn kind(array: &Bound<'_, PyAny>) -> PyResult<String> {
    array.getattr("dtype")?.getattr("kind")?.extract()
}

/// Whether an array hides some of its values.
pub(crate) fn is_masked(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    value.is_instance(&numpy(value.py(), "ma")?.getattr("MaskedArray")?)
}

/// Whether a value has two dimensions: an array, or a list of lists.
pub(crate) fn is_matrix(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        let is_list = |first: Bound<'_, PyAny>| {
            Ok(first.hasattr("__len__")? && !first.is_instance_of::<PyString>())
        };
        return value.get_item(0).map_or(Ok(false), is_list);
    }
    match value.getattr_opt("ndim")? {
        Some(dimensions) => Ok(dimensions.extract::<usize>()? == 2),
        None => {
            let shape = value.getattr_opt("shape")?;
            Ok(shape.is_some_and(|shape| shape.len().is_ok_and(|n| n == 2)))
        }
    }
}

/// Embeddings `(n_rows, dim)` as they came.
pub(crate) enum Matrix<'py> {
    F16(PyReadonlyArray2<'py, f16>),
    F32(PyReadonlyArray2<'py, f32>),
    F64(PyReadonlyArray2<'py, f64>),
}

/// The same, lent to threads that do not hold the interpreter's lock.
#[derive(Clone, Copy)]
pub(crate) enum MatrixView<'a> {
    F16(ArrayView2<'a, f16>),
    F32(ArrayView2<'a, f32>),
    F64(ArrayView2<'a, f64>),
}

impl<'py> Matrix<'py> {
    /// Borrows an array of floating-point numbers; whole numbers are rounded to `f32`.
    pub(crate) fn new(value: &Bound<'py, PyAny>, what: &str) -> PyResult<Self> {
        // What a mask hides is no number.
        let array = match is_masked(value)? {
            true => value.call_method1("filled", (f64::NAN,))?,
            false => as_array(value, what)?,
        };
        let shape: Vec<usize> = array.getattr("shape")?.extract()?;
        if shape.len() != 2 {
            let shape: Vec<String> = shape.iter().map(usize::to_string).collect();
            let message = format!(
                "embeddings have two dimensions, (records, numbers), not the shape ({})",
                shape.join(", ")
            );
            return Err(argument(message, "column", what));
        }
        if let Ok(array) = array.extract() {
            return Ok(Self::F32(array));
        }
        if let Ok(array) = array.extract() {
            return Ok(Self::F64(array));
        }
        if let Ok(array) = array.extract() {
            return Ok(Self::F16(array));
        }
        match kind(&array)?.as_str() {
            "i" | "u" | "b" => {
                let array = array.call_method1("astype", ("float32",))?;
                Ok(Self::F32(array.extract()?))
            }
            _ => {
                let dtype = array.getattr("dtype")?.str()?;
                let message = format!("embeddings are float16, float32 or float64, not {dtype}");
                Err(argument(message, "column", what))
            }
        }
    }

    /// The numbers, lent.
    pub(crate) fn view(&self) -> MatrixView<'_> {
        match self {
            Self::F16(array) => MatrixView::F16(array.as_array()),
            Self::F32(array) => MatrixView::F32(array.as_array()),
            Self::F64(array) => MatrixView::F64(array.as_array()),
        }
    }
}

impl<'a> MatrixView<'a> {
    pub(crate) fn rows(&self) -> usize {
        match self {
            Self::F16(array) => array.nrows(),
            Self::F32(array) => array.nrows(),
            Self::F64(array) => array.nrows(),
        }
    }

    pub(crate) fn dim(&self) -> usize {
        match self {
            Self::F16(array) => array.ncols(),
            Self::F32(array) => array.ncols(),
            Self::F64(array) => array.ncols(),
        }
    }

    /// As `f32`, rounded to nearest; beyond its range infinite, to be counted as such.
    /// What is `f32` already is not copied.
    pub(crate) fn to_f32(self) -> CowArray<'a, f32, Ix2> {
        match self {
            Self::F16(array) => array.mapv(f16::to_f32).into(),
            Self::F32(array) => array.into(),
            Self::F64(array) => array.mapv(|x| x as f32).into(),
        }
    }
}
