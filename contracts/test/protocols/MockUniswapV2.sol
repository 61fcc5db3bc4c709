// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Root} from "../../src/assets/Root.sol";
import {MockToken} from "./MockToken.sol";

/// @title A pair that keeps the product of its reserves, less 0.3 %.
contract MockPair is MockToken {
    address public immutable token0;
    address public immutable token1;
    uint112 private _reserve0;
    uint112 private _reserve1;

    constructor(address a, address b) MockToken(18) {
        (token0, token1) = a < b ? (a, b) : (b, a);
    }

    function getReserves() public view returns (uint112, uint112, uint32) {
        return (_reserve0, _reserve1, uint32(block.timestamp));
    }

    function provide(address to) external returns (uint256 shares) {
        uint256 amount0 = MockToken(token0).balanceOf(address(this)) - _reserve0;
        uint256 amount1 = MockToken(token1).balanceOf(address(this)) - _reserve1;
        if (totalSupply == 0) {
            shares = Root.floor(amount0 * amount1);
        } else {
            uint256 first = amount0 * totalSupply / _reserve0;
            uint256 second = amount1 * totalSupply / _reserve1;
            shares = first < second ? first : second;
        }
        mint(to, shares);
        sync();
    }

    function burn(address to) external returns (uint256 amount0, uint256 amount1) {
        uint256 shares = balanceOf(address(this));
        amount0 = shares * MockToken(token0).balanceOf(address(this)) / totalSupply;
        amount1 = shares * MockToken(token1).balanceOf(address(this)) / totalSupply;
        _burn(address(this), shares);
        require(MockToken(token0).transfer(to, amount0) && MockToken(token1).transfer(to, amount1), "transfer");
        sync();
    }

    /// @notice Pays `amount` of the other token for what was sent before.
    function swap(address paid, uint256 amount, address to) external {
        require(MockToken(paid).transfer(to, amount), "transfer");
        uint256 in0 = MockToken(token0).balanceOf(address(this));
        uint256 in1 = MockToken(token1).balanceOf(address(this));
        uint256 came0 = in0 > _reserve0 ? in0 - _reserve0 : 0;
        uint256 came1 = in1 > _reserve1 ? in1 - _reserve1 : 0;
        uint256 kept = (in0 * 1000 - came0 * 3) * (in1 * 1000 - came1 * 3);
        require(kept >= uint256(_reserve0) * _reserve1 * 1_000_000, "product");
        sync();
    }

    function sync() public {
        _reserve0 = uint112(MockToken(token0).balanceOf(address(this)));
        _reserve1 = uint112(MockToken(token1).balanceOf(address(this)));
    }
}

/// @title Makes and finds pairs; and the router over them, in one contract.
contract MockV2Router {
    mapping(address => mapping(address => address)) public getPair;

    function factory() external view returns (address) {
        return address(this);
    }

    function createPair(address a, address b) external returns (address pair) {
        pair = address(new MockPair(a, b));
        getPair[a][b] = pair;
        getPair[b][a] = pair;
    }

    function swapExactTokensForTokens(uint256 given, uint256 least, address[] calldata path, address to, uint256 until)
        external
        returns (uint256[] memory amounts)
    {
        require(block.timestamp <= until, "expired");
        amounts = new uint256[](path.length);
        amounts[0] = given;
        for (uint256 i = 1; i < path.length; ++i) {
            amounts[i] = _out(path[i - 1], path[i], amounts[i - 1]);
        }
        require(amounts[path.length - 1] >= least, "too little");
        _route(amounts, path, to);
    }

    function swapTokensForExactTokens(uint256 wanted, uint256 most, address[] calldata path, address to, uint256 until)
        external
        returns (uint256[] memory amounts)
    {
        require(block.timestamp <= until, "expired");
        amounts = new uint256[](path.length);
        amounts[path.length - 1] = wanted;
        for (uint256 i = path.length - 1; i > 0; --i) {
            amounts[i - 1] = _in(path[i - 1], path[i], amounts[i]);
        }
        require(amounts[0] <= most, "too much");
        _route(amounts, path, to);
    }

    function addLiquidity(
        address a,
        address b,
        uint256 wantedA,
        uint256 wantedB,
        uint256 leastA,
        uint256 leastB,
        address to,
        uint256 until
    ) external returns (uint256 givenA, uint256 givenB, uint256 shares) {
        require(block.timestamp <= until, "expired");
        (uint256 inA, uint256 inB) = _reserves(a, b);
        (givenA, givenB) = (wantedA, wantedB);
        if (inA != 0) {
            uint256 fittingB = wantedA * inB / inA;
            if (fittingB <= wantedB) givenB = fittingB;
            else givenA = wantedB * inA / inB;
        }
        require(givenA >= leastA && givenB >= leastB, "too little");
        address pair = getPair[a][b];
        MockToken(a).transferFrom(msg.sender, pair, givenA);
        MockToken(b).transferFrom(msg.sender, pair, givenB);
        shares = MockPair(pair).provide(to);
    }

    function removeLiquidity(
        address a,
        address b,
        uint256 shares,
        uint256 leastA,
        uint256 leastB,
        address to,
        uint256 until
    ) external returns (uint256 paidA, uint256 paidB) {
        require(block.timestamp <= until, "expired");
        address pair = getPair[a][b];
        MockToken(pair).transferFrom(msg.sender, pair, shares);
        (paidA, paidB) = MockPair(pair).burn(to);
        if (a > b) (paidA, paidB) = (paidB, paidA);
        require(paidA >= leastA && paidB >= leastB, "too little");
    }

    function _route(uint256[] memory amounts, address[] calldata path, address to) private {
        MockToken(path[0]).transferFrom(msg.sender, getPair[path[0]][path[1]], amounts[0]);
        for (uint256 i = 1; i < path.length; ++i) {
            address next = i + 1 == path.length ? to : getPair[path[i]][path[i + 1]];
            MockPair(getPair[path[i - 1]][path[i]]).swap(path[i], amounts[i], next);
        }
    }

    function _out(address from, address to, uint256 given) private view returns (uint256) {
        (uint256 inFrom, uint256 inTo) = _reserves(from, to);
        return given * 997 * inTo / (inFrom * 1000 + given * 997);
    }

    function _in(address from, address to, uint256 wanted) private view returns (uint256) {
        (uint256 inFrom, uint256 inTo) = _reserves(from, to);
        return inFrom * wanted * 1000 / ((inTo - wanted) * 997) + 1;
    }

    function _reserves(address a, address b) private view returns (uint256, uint256) {
        (uint256 in0, uint256 in1,) = MockPair(getPair[a][b]).getReserves();
        return a < b ? (in0, in1) : (in1, in0);
    }
}
