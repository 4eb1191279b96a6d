//! What a dump says about its wiki.

/// The root element's version and the site information; all of it is optional in dumps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteInfo {
    /// Namespace prefix of the dump's elements with its colon; empty in all dumps that are known.
    pub prefix: String,
    /// Version of the export schema, as written in the root element.
    pub schema_version: Option<String>,
    /// Language of the content, BCP 47.
    pub language: Option<String>,
    /// Display name of the wiki.
    pub site_name: Option<String>,
    /// Database name: the wiki's id.
    pub db_name: Option<String>,
    /// URL of the main page.
    pub base: Option<String>,
    /// The software that wrote the dump.
    pub generator: Option<String>,
    /// Whether titles begin with a capital: `first-letter` or `case-sensitive`.
    pub case: Option<String>,
    /// The namespaces, in the order of the dump.
    pub namespaces: Vec<Namespace>,
}

/// A namespace of the wiki.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "parquet", derive(serde::Serialize, serde::Deserialize))]
pub struct Namespace {
    /// Its number.
    pub id: i32,
    /// Its local name; empty for the main namespace.
    pub name: String,
    /// `first-letter` or `case-sensitive`; since schema 0.5.
    pub case: Option<String>,
}

/// A schema version as numbers, for comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchemaVersion(pub u32, pub u32);

impl SiteInfo {
    /// The schema version in numbers, if it is one.
    pub fn version(&self) -> Option<SchemaVersion> {
        let (major, minor) = self.schema_version.as_ref()?.split_once('.')?;
        Some(SchemaVersion(major.parse().ok()?, minor.parse().ok()?))
    }

    /// The namespace of a title by its prefix, for dumps that do not say it (schemas before 0.6);
    /// `None` if the namespaces are not known.
    pub fn namespace_of_title(&self, title: &str) -> Option<i32> {
        if self.namespaces.is_empty() {
            return None;
        }
        let prefix = title.split_once(':').map_or("", |(prefix, _)| prefix);
        let found = self
            .namespaces
            .iter()
            .find(|namespace| !namespace.name.is_empty() && namespace.name == prefix);
        Some(found.map_or(0, |namespace| namespace.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_by_prefix() {
        let namespace = |id, name: &str| Namespace {
            id,
            name: name.to_owned(),
            case: None,
        };
        let mut site = SiteInfo {
            namespaces: vec![namespace(0, ""), namespace(1, "Talk"), namespace(2, "User")],
            ..SiteInfo::default()
        };
        assert_eq!(site.namespace_of_title("Talk:A:B"), Some(1));
        assert_eq!(site.namespace_of_title("2001: A Space Odyssey"), Some(0));
        assert_eq!(site.namespace_of_title("Talk"), Some(0));
        assert_eq!(site.namespace_of_title(":x"), Some(0));
        site.namespaces.clear();
        assert_eq!(site.namespace_of_title("Talk:A"), None);
    }

    #[test]
    fn versions_compare_as_numbers() {
        let version = |text: &str| {
            SiteInfo {
                schema_version: Some(text.to_owned()),
                ..SiteInfo::default()
            }
            .version()
        };
        assert!(version("0.10") > version("0.9"));
        assert_eq!(version("x"), None);
    }
}
