//! The targets of the fuzzer without a fuzzer: on seeds, on what was once found, and on seeds in which bytes
//! are changed.  `scripts/fuzz` runs the same for hours, and with an eye on what the code does.

#[path = "../../fuzz/targets/all.rs"]
mod targets;

use std::fs;
use std::path::Path;

use targets::Target;

/// Changed seeds for each target: a few seconds of all targets together.
fn changed_seeds() -> usize {
    let asked = std::env::var("MWPARQUET_FUZZ_CHANGED").ok();
    asked.and_then(|number| number.parse().ok()).unwrap_or(300)
}

fn target(name: &str) -> Target {
    let all = targets::ALL;
    *all.iter().find(|target| target.name == name).unwrap()
}

/// Numbers that look random, the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(0x5851_f42d_4c95_7f2d)
            .wrapping_add(0x1405_7b7e_f767_814f);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// Another input, not far from `bytes`: a few bits, bytes and stretches are others.
fn changed(bytes: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        let to = bytes.len().min(at + 1 + random.below(40));
        match random.below(7) {
            0 | 1 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            2 if at < bytes.len() => bytes[at] = b"<>&/'\"\\;\n\0\xff:{}(),-!["[random.below(20)],
            3 => drop(bytes.drain(at..to)),
            4 => bytes.truncate(at),
            5 => {
                let from = random.below(other.len());
                let piece = &other[from..other.len().min(from + 1 + random.below(60))];
                bytes.splice(at..at, piece.iter().copied());
            }
            _ => {
                let piece = bytes[at..to].to_vec();
                let place = random.below(bytes.len());
                bytes.splice(place..place, piece);
            }
        }
    }
    bytes
}

fn run(name: &str) {
    let target = target(name);
    let seeds = (target.seeds)();
    assert!(!seeds.is_empty());
    seeds.iter().for_each(|seed| (target.check)(seed));
    let mut random = Random(name.len() as u64);
    for number in 0..changed_seeds() {
        let other = &seeds[random.below(seeds.len())];
        (target.check)(&changed(&seeds[number % seeds.len()], other, &mut random));
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/regressions")
        .join(name);
    for file in fs::read_dir(folder).into_iter().flatten() {
        (target.check)(&fs::read(file.unwrap().path()).unwrap());
    }
}

macro_rules! tests {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            run(stringify!($name));
        })*

        #[test]
        fn all_targets_are_run() {
            let names = targets::ALL.map(|target| target.name);
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

tests! {
    bzip2_block bzip2_file containers utf16 framer records text sql log_params lists outputs addresses tokens diff
}
