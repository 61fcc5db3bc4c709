use portcullis_firewall::ports::{Entropy, EntropyError};
use portcullis_testkit::SeededEntropy;

fn bytes(entropy: &SeededEntropy) -> [u8; 37] {
    let mut bytes = [0; 37];
    entropy.fill(&mut bytes).unwrap();
    bytes
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (one, same, other) = (
        SeededEntropy::new(7),
        SeededEntropy::new(7),
        SeededEntropy::new(8),
    );
    let first = bytes(&one);
    assert_eq!(first, bytes(&same));
    assert_ne!(first, bytes(&other));
    assert_ne!(first, bytes(&one));
}

#[test]
fn entropy_can_run_dry() {
    let entropy = SeededEntropy::default();
    entropy.run_dry(true);
    let mut bytes = [7; 4];
    assert_eq!(entropy.fill(&mut bytes), Err(EntropyError));
    assert_eq!(bytes, [7; 4]);
    entropy.run_dry(false);
    assert_eq!(entropy.fill(&mut bytes), Ok(()));
}
