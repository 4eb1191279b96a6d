//! What a misspelt name may have meant.

/// How near a name has to be, where 1 is the same: as near as clap wants it.
const NEAR_ENOUGH: f64 = 0.7;

/// ` (did you mean …?)` if one of the `known` names is near, else nothing.
pub(super) fn did_you_mean(name: &str, known: &[&str]) -> String {
    known
        .iter()
        .map(|other| (strsim::jaro_winkler(name, other), other))
        .filter(|(nearness, _)| *nearness > NEAR_ENOUGH)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map_or_else(String::new, |(_, other)| {
            format!(" (did you mean {other}?)")
        })
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn near_names() {
        let known = ["page_id", "page_title", "revision_id"];
        assert_eq!(did_you_mean("pageid", &known), " (did you mean page_id?)");
        assert_eq!(
            did_you_mean("revisionid", &known),
            " (did you mean revision_id?)"
        );
        assert_eq!(did_you_mean("zzz", &known), "");
    }
}
