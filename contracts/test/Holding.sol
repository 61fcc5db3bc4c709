// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetGuard, Step} from "../src/interfaces/IAssetGuard.sol";
import {IGuardRegistry} from "../src/interfaces/IGuardRegistry.sol";
import {IPriceFeed} from "../src/interfaces/IPriceFeed.sol";
import {MockToken} from "./protocols/MockToken.sol";

/// @title The asset guard of plain tokens.
contract PlainGuard is IAssetGuard {
    IGuardRegistry internal immutable REGISTRY;

    constructor(IGuardRegistry registry_) {
        REGISTRY = registry_;
    }

    function balance(address vault, address asset) public view virtual returns (uint256) {
        return MockToken(asset).balanceOf(vault);
    }

    function value(address vault, address asset) public view virtual returns (uint256) {
        (, address feed,) = REGISTRY.exitOf(asset);
        return balance(vault, asset) * IPriceFeed(feed).price() / 10 ** MockToken(asset).decimals();
    }

    function removable(address vault, address asset) external view returns (bool) {
        return balance(vault, asset) == 0;
    }

    function unwind(address vault, address asset, uint256 part, uint256 whole, address)
        external
        view
        virtual
        returns (address, uint256, Step[] memory)
    {
        return (asset, balance(vault, asset) * part / whole, new Step[](0));
    }
}

/// @title A place where a vault can leave a token, and get it back.
contract Pot {
    MockToken public immutable token;
    mapping(address holder => uint256) public balanceOf;
    bool public isShut;

    constructor(MockToken token_) {
        token = token_;
    }

    function decimals() external view returns (uint8) {
        return token.decimals();
    }

    function shut(bool shut_) external {
        isShut = shut_;
    }

    function put(address holder, uint256 amount) external {
        token.transferFrom(msg.sender, address(this), amount);
        balanceOf[holder] += amount;
    }

    function get(uint256 amount, address to) external {
        require(!isShut, "shut");
        balanceOf[msg.sender] -= amount;
        token.transfer(to, amount);
    }
}

/// @title The asset guard of what is in a pot: it takes out a part, and the pot itself pays.
contract PotGuard is PlainGuard {
    /// How many times its part the guard hands over.
    uint256 public greed = 1;
    address public detour;

    constructor(IGuardRegistry registry_) PlainGuard(registry_) {}

    function set(uint256 greed_, address detour_) external {
        greed = greed_;
        detour = detour_;
    }

    function unwind(address vault, address asset, uint256 part, uint256 whole, address receiver)
        external
        view
        override
        returns (address paid, uint256 amount, Step[] memory steps)
    {
        steps = new Step[](1);
        uint256 out = balance(vault, asset) * part / whole * greed;
        steps[0] = Step(detour == address(0) ? asset : detour, abi.encodeCall(Pot.get, (out, receiver)));
        return (address(0), 0, steps);
    }
}
