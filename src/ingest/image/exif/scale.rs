//! Micrometres per pixel: of OME-XML, of ImageJ, of the resolution.

use roxmltree::{Document, ParsingOptions};

use super::block::Resolution;

/// Who says how large a pixel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SizeSource {
    /// `PhysicalSizeX` and `PhysicalSizeY` of OME-XML in the description of a TIFF.
    OmeXml,
    /// `unit=` of ImageJ in the description of a TIFF, with the resolution.
    ImageJ,
    /// The resolution alone, in inches or centimetres. Of a photograph it says how large
    /// a print would be, so it is a scale only where the file is a TIFF.
    Resolution,
}

/// How much of the world a pixel shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PixelSize {
    /// Micrometres, across and down.
    pub micrometres: [f64; 2],
    /// Who says so.
    pub source: SizeSource,
}

const INCH: f64 = 25_400.0;
/// Most elements of a description.
const MAX_NODES: u32 = 1 << 20;

impl PixelSize {
    /// The first that says it: OME-XML, ImageJ, the resolution.
    pub(super) fn of(description: Option<&str>, resolution: Option<Resolution>) -> Option<Self> {
        let description = description.unwrap_or_default();
        let made = |micrometres: [f64; 2], source| {
            let is_size = |v: f64| v.is_finite() && v > 0.0;
            micrometres.into_iter().all(is_size).then_some(Self {
                micrometres,
                source,
            })
        };
        if description.contains("<OME")
            && let Some(size) = ome_xml(description)
        {
            return made(size, SizeSource::OmeXml);
        }
        let resolution = resolution?;
        if description.starts_with("ImageJ=") {
            // The resolution is in the unit of ImageJ, whatever the tag says.
            let unit = image_j_unit(description)?;
            let size = resolution.per_unit.map(|v| unit / v);
            return made(size, SizeSource::ImageJ);
        }
        let unit = match resolution.unit {
            2 => INCH,
            3 => 10_000.0,
            _ => return None,
        };
        let size = resolution.per_unit.map(|v| unit / v);
        made(size, SizeSource::Resolution)
    }
}

/// A unit of length in micrometres; none of a unit that is no length.
fn micrometres(unit: &str) -> Option<f64> {
    Some(match unit {
        "pm" => 1e-6,
        "\u{c5}" | "\u{212b}" | "angstrom" => 1e-4,
        "nm" | "nanometer" => 1e-3,
        // The micro sign, the Greek letter, and how ImageJ writes the first.
        "\u{b5}m" | "\u{3bc}m" | "\\u00B5m" | "um" | "micron" | "microns" | "micrometer" => 1.0,
        "mm" | "millimeter" => 1e3,
        "cm" | "centimeter" => 1e4,
        "in" | "inch" => INCH,
        "m" | "meter" => 1e6,
        "km" => 1e9,
        _ => return None,
    })
}

/// Of the first `Pixels` element (OME schema 2016-06). Only the entities that XML itself
/// has are resolved; a document that declares others is not read.
fn ome_xml(text: &str) -> Option<[f64; 2]> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).ok()?;
    let mut nodes = document.descendants();
    let pixels = nodes.find(|node| node.tag_name().name() == "Pixels")?;
    let size = |name, unit| {
        let value: f64 = pixels.attribute(name)?.trim().parse().ok()?;
        Some(value * micrometres(pixels.attribute(unit).unwrap_or("\u{b5}m"))?)
    };
    let across = size("PhysicalSizeX", "PhysicalSizeXUnit")?;
    let down = size("PhysicalSizeY", "PhysicalSizeYUnit").unwrap_or(across);
    Some([across, down])
}

/// The line `unit=` of ImageJ's description.
fn image_j_unit(description: &str) -> Option<f64> {
    let unit = description.lines().find_map(|l| l.strip_prefix("unit="))?;
    micrometres(unit.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ome(attributes: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><OME xmlns=\"http://www.openmicroscopy.org/\
             Schemas/OME/2016-06\"><Image ID=\"Image:0\"><Pixels ID=\"Pixels:0\" SizeX=\"64\" \
             {attributes}><Channel/></Pixels></Image></OME>"
        )
    }

    fn size(description: &str, resolution: Option<Resolution>) -> Option<[f64; 2]> {
        PixelSize::of(Some(description), resolution).map(|s| s.micrometres)
    }

    #[test]
    fn ome_xml_states_sizes_in_any_unit_of_length() {
        let one = |attributes: &str| size(&ome(attributes), None);
        let both = "PhysicalSizeX=\"0.325\" PhysicalSizeY=\"0.65\"";
        assert_eq!(one(both), Some([0.325, 0.65]));
        assert_eq!(one("PhysicalSizeX='0.5'"), Some([0.5, 0.5]));
        let nm = "PhysicalSizeX=\"325\" PhysicalSizeXUnit=\"nm\" PhysicalSizeY=\"0.325\" \
                  PhysicalSizeYUnit=\"&#181;m\"";
        assert_eq!(one(nm), Some([0.325, 0.325]));
        assert_eq!(one("PhysicalSizeX=\"2\" PhysicalSizeXUnit=\"pixel\""), None);
        assert_eq!(one("PhysicalSizeX=\"-1\""), None);
        assert_eq!(one("PhysicalSizeX=\"NaN\""), None);
        assert_eq!(one("SizeZ=\"1\""), None);
    }

    #[test]
    fn entities_that_a_document_declares_are_not_expanded() {
        let bomb = "<!DOCTYPE OME [<!ENTITY a \"2\"><!ENTITY b \"&a;&a;\">]>";
        let text = ome("PhysicalSizeX=\"&b;\"").replace("<OME", &format!("{bomb}<OME"));
        assert_eq!(size(&text, None), None);
        assert_eq!(size(&ome("PhysicalSizeX=\"&b;\""), None), None);
        assert_eq!(size("<OME <Pixels", None), None);
    }

    #[test]
    fn image_j_gives_the_unit_of_the_resolution() {
        let resolution = |per_unit| Some(Resolution { per_unit, unit: 1 });
        let four = resolution([4.0, 2.0]);
        let text = "ImageJ=1.53c\nimages=1\nunit=\\u00B5m\nloop=false\n";
        assert_eq!(size(text, four), Some([0.25, 0.5]));
        assert_eq!(size("ImageJ=1.53c\nunit=nm\n", four), Some([2.5e-4, 5e-4]));
        assert_eq!(size("ImageJ=1.53c\nimages=1\n", four), None);
        assert_eq!(size("ImageJ=1.53c\nunit=pixel\n", four), None);
    }

    #[test]
    fn a_resolution_is_a_size() {
        let of = |per_unit, unit| {
            let size = PixelSize::of(None, Some(Resolution { per_unit, unit }))?;
            assert_eq!(size.source, SizeSource::Resolution);
            Some(size.micrometres)
        };
        assert_eq!(of([25_400.0, 12_700.0], 2), Some([1.0, 2.0]));
        assert_eq!(of([5000.0, 5000.0], 3), Some([2.0, 2.0]));
        assert_eq!(of([5000.0, 5000.0], 1), None);
        assert_eq!(PixelSize::of(None, None), None);
    }
}
