//! The tags that are read, what they are called here, and who may see them.
//!
//! A tag that has no row is not read: maker notes, thumbnails, the places of pixels
//! and of directories, and what no standard describes.

use exif::Tag;

/// How a tag becomes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The first number, as it is.
    Number,
    /// A whole number that stands for a name: its name in the standard.
    Code,
    /// Text without the padding around it.
    Text,
    /// Text of 16 bits, little endian.
    WideText,
    /// A character code and text of it.
    Comment,
    /// `2^-value` seconds (APEX).
    ApexTime,
    /// `2^(value / 2)` (APEX).
    ApexAperture,
    /// Metres; all bits set are infinity, 0 is unknown.
    Distance,
    /// A ratio, where 0 says that there was no zoom.
    Zoom,
    /// Degrees, minutes and seconds; the tag before it says the side.
    Degrees,
    /// Metres; the tag before it says whether below the sea.
    Altitude,
    /// Pixels in a unit that another tag names: pixels per millimetre.
    FocalPlane,
    /// Hours, minutes and seconds: hours.
    Clock,
    /// Bit 0 of the flash: it fired.
    FlashFired,
    /// Bits 3 and 4 of the flash: its mode.
    FlashMode,
}

/// Who may see a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Measured unless it is denied.
    Usual,
    /// Measured if a pattern of names allows it.
    Asked,
    /// Location, owner, serial numbers, free text: measured only if allowed by its
    /// whole name.
    Private,
}

pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) tag: Tag,
    pub(super) kind: Kind,
    pub(super) access: Access,
}

const fn row(name: &'static str, tag: Tag, kind: Kind, access: Access) -> Row {
    Row {
        name,
        tag,
        kind,
        access,
    }
}

use Access::{Asked, Private, Usual};
use Kind::{Code, Number, Text};

/// Tags of Windows, which no Exif standard has.
const XP_TITLE: Tag = Tag(exif::Context::Tiff, 0x9c9b);
const XP_COMMENT: Tag = Tag(exif::Context::Tiff, 0x9c9c);
const XP_AUTHOR: Tag = Tag(exif::Context::Tiff, 0x9c9d);
const XP_KEYWORDS: Tag = Tag(exif::Context::Tiff, 0x9c9e);
const XP_SUBJECT: Tag = Tag(exif::Context::Tiff, 0x9c9f);

/// Where two rows have one name, the first that is there counts.
pub(super) const ROWS: &[Row] = &[
    row("make", Tag::Make, Text, Usual),
    row("model", Tag::Model, Text, Usual),
    row("lens", Tag::LensModel, Text, Usual),
    row("software", Tag::Software, Text, Usual),
    row("exposure_time", Tag::ExposureTime, Number, Usual),
    row(
        "exposure_time",
        Tag::ShutterSpeedValue,
        Kind::ApexTime,
        Usual,
    ),
    row("f_number", Tag::FNumber, Number, Usual),
    row("f_number", Tag::ApertureValue, Kind::ApexAperture, Usual),
    row("iso", Tag::ISOSpeed, Number, Usual),
    row("iso", Tag::PhotographicSensitivity, Number, Usual),
    row("iso", Tag::RecommendedExposureIndex, Number, Usual),
    row("iso", Tag::StandardOutputSensitivity, Number, Usual),
    row("exposure_bias", Tag::ExposureBiasValue, Number, Usual),
    row("focal_length", Tag::FocalLength, Number, Usual),
    row(
        "focal_length_35mm",
        Tag::FocalLengthIn35mmFilm,
        Number,
        Usual,
    ),
    row("digital_zoom", Tag::DigitalZoomRatio, Kind::Zoom, Usual),
    row(
        "subject_distance",
        Tag::SubjectDistance,
        Kind::Distance,
        Usual,
    ),
    row(
        "focal_plane_resolution",
        Tag::FocalPlaneXResolution,
        Kind::FocalPlane,
        Usual,
    ),
    row("flash_fired", Tag::Flash, Kind::FlashFired, Usual),
    row("flash_mode", Tag::Flash, Kind::FlashMode, Usual),
    row("metering", Tag::MeteringMode, Code, Usual),
    row("white_balance", Tag::WhiteBalance, Code, Usual),
    row("exposure_program", Tag::ExposureProgram, Code, Asked),
    row("exposure_mode", Tag::ExposureMode, Code, Asked),
    row("light_source", Tag::LightSource, Code, Asked),
    row("scene_capture_type", Tag::SceneCaptureType, Code, Asked),
    row("gain_control", Tag::GainControl, Code, Asked),
    row("contrast", Tag::Contrast, Code, Asked),
    row("saturation", Tag::Saturation, Code, Asked),
    row("sharpness", Tag::Sharpness, Code, Asked),
    row(
        "subject_distance_range",
        Tag::SubjectDistanceRange,
        Code,
        Asked,
    ),
    row("sensing_method", Tag::SensingMethod, Code, Asked),
    row("custom_rendered", Tag::CustomRendered, Code, Asked),
    row("composite_image", Tag::CompositeImage, Code, Asked),
    row("colour_space", Tag::ColorSpace, Code, Asked),
    row("brightness_value", Tag::BrightnessValue, Number, Asked),
    row(
        "max_aperture",
        Tag::MaxApertureValue,
        Kind::ApexAperture,
        Asked,
    ),
    row("exposure_index", Tag::ExposureIndex, Number, Asked),
    row("flash_energy", Tag::FlashEnergy, Number, Asked),
    row(
        "compressed_bits_per_pixel",
        Tag::CompressedBitsPerPixel,
        Number,
        Asked,
    ),
    row("gamma", Tag::Gamma, Number, Asked),
    row("temperature", Tag::Temperature, Number, Asked),
    row("humidity", Tag::Humidity, Number, Asked),
    row("pressure", Tag::Pressure, Number, Asked),
    row("water_depth", Tag::WaterDepth, Number, Asked),
    row("acceleration", Tag::Acceleration, Number, Asked),
    row("camera_elevation", Tag::CameraElevationAngle, Number, Asked),
    row("lens_make", Tag::LensMake, Text, Asked),
    row("description", Tag::ImageDescription, Text, Private),
    row("comment", Tag::UserComment, Kind::Comment, Private),
    row("artist", Tag::Artist, Text, Private),
    row("copyright", Tag::Copyright, Text, Private),
    row("owner", Tag::CameraOwnerName, Text, Private),
    row("camera_serial", Tag::BodySerialNumber, Text, Private),
    row("lens_serial", Tag::LensSerialNumber, Text, Private),
    row("unique_id", Tag::ImageUniqueID, Text, Private),
    row("title", XP_TITLE, Kind::WideText, Private),
    row("windows_comment", XP_COMMENT, Kind::WideText, Private),
    row("author", XP_AUTHOR, Kind::WideText, Private),
    row("keywords", XP_KEYWORDS, Kind::WideText, Private),
    row("subject", XP_SUBJECT, Kind::WideText, Private),
    row("gps_latitude", Tag::GPSLatitude, Kind::Degrees, Private),
    row("gps_longitude", Tag::GPSLongitude, Kind::Degrees, Private),
    row("gps_altitude", Tag::GPSAltitude, Kind::Altitude, Private),
    row("gps_direction", Tag::GPSImgDirection, Number, Private),
    row("gps_speed", Tag::GPSSpeed, Number, Private),
    row("gps_date", Tag::GPSDateStamp, Text, Private),
    row("gps_time", Tag::GPSTimeStamp, Kind::Clock, Private),
    row("gps_area", Tag::GPSAreaInformation, Kind::Comment, Private),
];

/// Names of all tags that are read, with who may see them, in the order in which they
/// are listed.
#[must_use]
pub fn tag_names() -> Vec<(&'static str, Access)> {
    let mut names: Vec<(&'static str, Access)> = Vec::new();
    for row in ROWS {
        if names.last().is_none_or(|last| last.0 != row.name) {
            names.push((row.name, row.access));
        }
    }
    names
}
