//! What the rows of a space are measured with.

use std::sync::Arc;

use crate::error::Result;
use crate::sphere::{Block, LeaveOneOut, NearestSearch, Products, Reading, Ruler};

use super::space_config::{Role, SpaceConfig};

/// What rows are measured with.
#[derive(Debug)]
pub(crate) enum Instrument {
    /// Norms only.
    Plain(NearestSearch),
    /// Distances to the centres of a codebook, too.
    Ruler(Ruler),
}

impl Instrument {
    pub(crate) fn new(config: &SpaceConfig) -> Result<Self> {
        Ok(match &config.codebook {
            None => Self::Plain(NearestSearch::new(config.dim, Vec::new())?),
            Some(book) => Self::Ruler(Ruler::new(Arc::clone(book), config.role == Role::Reference)),
        })
    }

    pub(crate) fn clusters(&self) -> usize {
        match self {
            Self::Plain(_) => 0,
            Self::Ruler(ruler) => ruler.codebook().clusters().len(),
        }
    }

    pub(crate) fn has_classes(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Ruler(ruler) => !ruler.codebook().classes().is_empty(),
        }
    }

    /// Place of a class among the codebook's centres.
    pub(crate) fn centre_of(&self, class: &str) -> Option<usize> {
        match self {
            Self::Plain(_) => None,
            Self::Ruler(ruler) => ruler.codebook().class_index(class),
        }
    }

    pub(crate) fn block<'a>(&'a self, rows: &'a [f32], products: &'a mut Products) -> Block<'a> {
        match self {
            Self::Plain(search) => search.block(rows, products),
            Self::Ruler(ruler) => ruler.block(rows, products),
        }
    }

    pub(crate) fn read(
        &self,
        block: &Block<'_>,
        row: usize,
        centre: Option<usize>,
        hash: u64,
        left_out: &mut LeaveOneOut,
    ) -> Reading {
        match self {
            Self::Plain(_) => None,
            Self::Ruler(ruler) => ruler.read(block, row, centre, hash, left_out),
        }
        .unwrap_or_default()
    }
}
