// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGuardRegistry} from "../../src/interfaces/IGuardRegistry.sol";
import {IPriceFeed} from "../../src/interfaces/IPriceFeed.sol";

/// @title A registry that says what a test told it.
contract StubRegistry is IGuardRegistry {
    struct Listing {
        address guard;
        address feed;
        uint16 assetType;
    }

    mapping(address => Listing) public assetOf;
    mapping(address => bool) public isSpender;
    mapping(address => bool) public isStanding;
    mapping(address => address) private _guards;
    uint64 public epoch;

    function list(address asset, address guard, address feed, uint16 assetType) external {
        assetOf[asset] = Listing(guard, feed, assetType);
        ++epoch;
    }

    function listGuard(address destination, address guard) external {
        _guards[destination] = guard;
        ++epoch;
    }

    function allow(address spender, bool allowed) external {
        isSpender[spender] = allowed;
        ++epoch;
    }

    function mayHold(address asset) external view returns (bool) {
        return assetOf[asset].guard != address(0);
    }

    function feedOf(address asset) external view returns (address) {
        return assetOf[asset].feed;
    }

    function exitOf(address asset) external view returns (address, address, uint16) {
        Listing memory listing = assetOf[asset];
        return (listing.guard, listing.feed, listing.assetType);
    }

    function knows(address subject) external view returns (bool) {
        return assetOf[subject].feed != address(0) || _guards[subject] != address(0);
    }

    function admit(address destination) external view returns (address, bool) {
        return (_guards[destination], false);
    }

    function admitted(address destination) external view returns (uint256) {
        return uint160(_guards[destination]);
    }

    function paused() external pure returns (bool) {
        return false;
    }

    function readPrice(address asset) external view returns (uint256) {
        return IPriceFeed(assetOf[asset].feed).price();
    }

    function guardOf(address destination) external view returns (address, bool, uint64) {
        return (_guards[destination], false, epoch);
    }
}
