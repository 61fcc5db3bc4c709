//! The contracts' functions, events and errors as types, made from the committed artifacts.

use alloy_sol_types::sol;

sol!(
    #[derive(Debug, PartialEq, Eq)]
    Vault,
    "../../contracts/artifacts/Vault.json"
);

sol!(
    #[derive(Debug, PartialEq, Eq)]
    VaultManager,
    "../../contracts/artifacts/VaultManager.json"
);

sol!(
    #[derive(Debug, PartialEq, Eq)]
    VaultFactory,
    "../../contracts/artifacts/VaultFactory.json"
);

sol!(
    #[derive(Debug, PartialEq, Eq)]
    GuardRegistry,
    "../../contracts/artifacts/GuardRegistry.json"
);

sol!(
    #[derive(Debug, PartialEq, Eq)]
    Escrow,
    "../../contracts/artifacts/Escrow.json"
);

sol!(
    #[derive(Debug, PartialEq, Eq)]
    OneAssetExit,
    "../../contracts/artifacts/OneAssetExit.json"
);
