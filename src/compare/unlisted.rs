//! Windows of which one was profiled without the list of its images: neither sizes nor images in
//! which nothing was found are known of it.

use crate::profile::ObjectGroup;

/// What follows from the size of the image that an object is in.
const OF_IMAGE_SIZE: [&str; 5] = [
    "relative area",
    "centre x",
    "centre y",
    "touches border",
    "border share",
];

/// The window without the sizes of its images, where the other knew them: no object of it has what
/// follows from them, each of the other has.
fn without_sizes(
    name: &str,
    reference: &ObjectGroup,
    target: &ObjectGroup,
) -> Option<&'static str> {
    if !OF_IMAGE_SIZE.contains(&name) {
        return None;
    }
    let all = |group: &ObjectGroup| group.missing(name) == group.objects();
    let none = |group: &ObjectGroup| group.missing(name) == 0;
    match () {
        () if all(reference) && none(target) => Some("reference"),
        () if none(reference) && all(target) => Some("target"),
        () => None,
    }
}

/// Why it is not tested who lacks what follows from sizes.
pub(crate) fn unknown_sizes(
    name: &str,
    reference: &ObjectGroup,
    target: &ObjectGroup,
) -> Option<String> {
    let side = without_sizes(name, reference, target)?;
    Some(format!(
        "the sizes of the {side}'s images are not known: give --coco-images when it is profiled"
    ))
}

/// Why it is not tested how many objects an image has.
pub(crate) fn unknown_images(reference: &ObjectGroup, target: &ObjectGroup) -> Option<String> {
    let side = without_sizes(OF_IMAGE_SIZE[0], reference, target)?;
    Some(format!(
        "images of the {side} in which nothing was found are not known: give --coco-images when it \
         is profiled"
    ))
}
