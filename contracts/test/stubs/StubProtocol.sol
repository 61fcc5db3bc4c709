// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What guards ask of protocols, as a test told it.
contract StubProtocol {
    mapping(address => mapping(address => address)) public getPair;
    address public asset;

    function pair(address a, address b, address both) external {
        getPair[a][b] = both;
        getPair[b][a] = both;
    }

    function hold(address asset_) external {
        asset = asset_;
    }

    function factory() external view returns (address) {
        return address(this);
    }
}
