// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MockToken} from "./MockToken.sol";

/// @title The one call of a Uniswap V2 router that pays native ether; as little as it is asked for.
contract NativeRouter {
    function swapExactTokensForETH(uint256 given, uint256 least, address[] calldata path, address to, uint256)
        external
        returns (uint256[] memory amounts)
    {
        require(MockToken(path[0]).transferFrom(msg.sender, address(this), given), "transfer");
        (bool paid,) = to.call{value: least}("");
        require(paid, "ether");
        amounts = new uint256[](path.length);
        (amounts[0], amounts[path.length - 1]) = (given, least);
    }
}
