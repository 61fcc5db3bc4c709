//! Written by `contracts/build.mjs`: every contract that is deployed, with the text of its artifact.

/// Name and text, in the order of names.
pub(super) const TABLE: &[(&str, &str)] = &[
    (
        "Escrow",
        include_str!("../../../../contracts/artifacts/Escrow.json"),
    ),
    (
        "GuardRegistry",
        include_str!("../../../../contracts/artifacts/GuardRegistry.json"),
    ),
    (
        "Vault",
        include_str!("../../../../contracts/artifacts/Vault.json"),
    ),
    (
        "VaultFactory",
        include_str!("../../../../contracts/artifacts/VaultFactory.json"),
    ),
    (
        "VaultManager",
        include_str!("../../../../contracts/artifacts/VaultManager.json"),
    ),
];
