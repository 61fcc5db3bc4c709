// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who keeps a registry.
interface IHouse {
    function owner() external view returns (address);
    function guardian() external view returns (address);
}
