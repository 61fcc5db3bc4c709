// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IContractGuard, Ruling} from "../interfaces/IContractGuard.sol";
import {IGuardRegistry} from "../interfaces/IGuardRegistry.sol";
import {IUniswapV2Factory, IUniswapV2Router} from "../protocols/IUniswapV2.sol";
import {Canonical} from "./Canonical.sol";
import {Guard} from "./Guard.sol";
import {Kinds} from "./Kinds.sol";
import {Refused, Rules, WHOLE} from "./Refused.sol";

/// @title Judges calls to a Uniswap V2 router.
/// @notice Two swaps between tokens, and liquidity in and out of a listed pair. The forms with ether, with
/// permits and for tokens that take a fee are refused. How bad a price may be is the vault's value floor.
contract UniswapV2Guard is Guard {
    /// Both swaps have arguments of the same types; which of the amounts is the bound, its function says.
    struct Swap {
        uint256 exact;
        uint256 bound;
        address[] path;
        address paid;
        uint256 deadline;
    }

    constructor(IGuardRegistry registry) Guard(registry) {}

    /// @inheritdoc IContractGuard
    function judge(address vault, address to, bytes calldata data) external view returns (Ruling memory ruling) {
        bytes4 selector = _selector(data);
        if (selector == IUniswapV2Router.swapExactTokensForTokens.selector) {
            ruling.received = _swap(selector, Rules.ZERO, Rules.MINIMUM, vault, data);
            ruling.kind = Kinds.V2_SWAP_EXACT_IN;
        } else if (selector == IUniswapV2Router.swapTokensForExactTokens.selector) {
            ruling.received = _swap(selector, Rules.ZERO, Rules.MAXIMUM, vault, data);
            ruling.kind = Kinds.V2_SWAP_EXACT_OUT;
        } else if (selector == IUniswapV2Router.addLiquidity.selector) {
            ruling.received = _add(vault, to, data);
            ruling.kind = Kinds.V2_ADD_LIQUIDITY;
        } else if (selector == IUniswapV2Router.removeLiquidity.selector) {
            ruling.received = _remove(vault, to, data);
            ruling.kind = Kinds.V2_REMOVE_LIQUIDITY;
        }
    }

    function _swap(bytes4 selector, bytes32 first, bytes32 second, address vault, bytes calldata data)
        private
        view
        returns (address)
    {
        Swap memory swap = _read(selector, data);
        _filled(first, 0, swap.exact);
        _filled(second, 1, swap.bound);
        _path(2, swap.path, vault);
        _recipient(3, swap.paid, vault);
        _deadline(4, swap.deadline);
        return swap.path[swap.path.length - 1];
    }

    function _read(bytes4 selector, bytes calldata data) private pure returns (Swap memory swap) {
        Canonical.offset(data, 2, 5 * 32);
        Canonical.length(data, 5, 32);
        uint256[] memory words;
        uint256 recipient;
        (swap.exact, swap.bound, words, recipient, swap.deadline) =
            abi.decode(data[4:], (uint256, uint256, uint256[], uint256, uint256));
        swap.path = Canonical.addresses(words);
        swap.paid = address(uint160(recipient));
        bytes memory again =
            abi.encodeWithSelector(selector, swap.exact, swap.bound, swap.path, swap.paid, swap.deadline);
        Canonical.same(data, again);
    }

    function _add(address vault, address router, bytes calldata data) private view returns (address pair) {
        Canonical.enough(data, 8);
        uint256[8] memory words = abi.decode(data[4:], (uint256[8]));
        address a = address(uint160(words[0]));
        address b = address(uint160(words[1]));
        address paid = address(uint160(words[6]));
        Canonical.same(
            data,
            abi.encodeCall(
                IUniswapV2Router.addLiquidity, (a, b, words[2], words[3], words[4], words[5], paid, words[7])
            )
        );
        _enabled(0, a, vault);
        _enabled(1, b, vault);
        _filled(Rules.ZERO, 2, words[2]);
        _filled(Rules.ZERO, 3, words[3]);
        _filled(Rules.MINIMUM, 4, words[4]);
        _filled(Rules.MINIMUM, 5, words[5]);
        _recipient(6, paid, vault);
        _deadline(7, words[7]);
        pair = _pair(router, a, b);
        _incoming(WHOLE, pair, vault);
    }

    function _remove(address vault, address router, bytes calldata data) private view returns (address) {
        Canonical.enough(data, 7);
        uint256[7] memory words = abi.decode(data[4:], (uint256[7]));
        address a = address(uint160(words[0]));
        address b = address(uint160(words[1]));
        address paid = address(uint160(words[5]));
        Canonical.same(
            data,
            abi.encodeCall(IUniswapV2Router.removeLiquidity, (a, b, words[2], words[3], words[4], paid, words[6]))
        );
        _incoming(0, a, vault);
        _incoming(1, b, vault);
        _filled(Rules.ZERO, 2, words[2]);
        _filled(Rules.MINIMUM, 3, words[3]);
        _filled(Rules.MINIMUM, 4, words[4]);
        _recipient(5, paid, vault);
        _deadline(6, words[6]);
        _enabled(WHOLE, _pair(router, a, b), vault);
        // Both tokens come in; both were asked about above.
        return a;
    }

    /// @dev Zero, which no vault has enabled, for tokens without a pair.
    function _pair(address router, address a, address b) private view returns (address) {
        if (a == b) revert Refused(Rules.REPEATED, 1, _bytes(b));
        return IUniswapV2Factory(IUniswapV2Router(router).factory()).getPair(a, b);
    }
}
