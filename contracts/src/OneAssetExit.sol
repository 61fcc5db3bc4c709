// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "./interfaces/IERC20.sol";
import {IGuardRegistry} from "./interfaces/IGuardRegistry.sol";
import {IUniswapV2Router} from "./protocols/IUniswapV2.sol";
import {IUniswapV3Router} from "./protocols/IUniswapV3.sol";
import {Escrow} from "./Escrow.sol";
import {Outside} from "./Outside.sol";
import {Vault} from "./Vault.sol";

/// @notice How one token is swapped.
struct Route {
    address router;
    /// From what the vault pays to the asset that is wanted, two to four tokens.
    address[] path;
    /// The fee of each pool on the way at a Uniswap V3 router; none at a Uniswap V2 router.
    uint24[] fees;
}

/// @title One shareholder's way out of vaults into a single asset.
/// @notice It belongs to whoever it was made for, and works for nobody else. It has no right on any vault:
/// it is given shares by an allowance, gives them back for their part of every asset, swaps what it has a
/// route for, and pays everything to its owner, all in one transaction. Locked shares cannot be sent to
/// it, and no vault ever takes a deposit of it. What could not be swapped is handed over as it is. Whatever
/// is left in it is its owner's, who fetches it.
contract OneAssetExit {
    uint256 private constant LONGEST_PATH = 4;
    /// The gas that a token gets to tell a balance.
    uint256 private constant TELLING = 500_000;

    address public immutable owner;
    IGuardRegistry private immutable REGISTRY;

    bool private transient _locked;

    event Left(address indexed vault, uint256 shares, address indexed into, uint256 amount);
    event Swapped(address indexed token, address indexed router, uint256 given, uint256 got);
    /// It could not be swapped, and was handed over as it is.
    event NotSwapped(address indexed token);
    /// It could not be handed over, and waits here.
    event Kept(address indexed token, uint256 amount);

    error NotOwner();
    error NotItself();
    error Locked();
    error TooLate(uint256 deadline);
    /// The vault is one of another registry.
    error OtherRegistry(address vault);
    /// The registry does not list it, or not as a spender.
    error NotListed(address subject);
    /// A route is too short or too long, does not lead there, or its fees do not fit it.
    error BadRoute(uint256 index);
    /// Less came of it than was asked for.
    error TooLittle(uint256 amount);

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner();
        if (_locked) revert Locked();
        _locked = true;
        _;
        _locked = false;
    }

    constructor(address owner_, IGuardRegistry registry_) {
        if (owner_ == address(0)) revert NotOwner();
        owner = owner_;
        REGISTRY = registry_;
    }

    /// @notice The registry whose routers are used. Whatever has it is never called by a vault.
    function registry() external view returns (address) {
        return address(REGISTRY);
    }

    /// @notice Gives the owner's shares back, and pays what they are worth in one asset.
    /// @param shares How many; this contract has to be allowed to take them.
    /// @param into The asset that is wanted.
    /// @param least The least of it that is taken: less undoes everything.
    /// @param routes How tokens are swapped; what has no route is handed over as it is.
    /// @param deadline When it is too late, in seconds since 1970.
    function exitInto(
        Vault vault,
        uint256 shares,
        address into,
        uint256 least,
        Route[] calldata routes,
        uint256 deadline
    ) external onlyOwner returns (uint256 amount) {
        if (block.timestamp > deadline) revert TooLate(deadline);
        if (vault.registry() != address(REGISTRY)) revert OtherRegistry(address(vault));
        for (uint256 i; i < routes.length; ++i) _checked(routes[i], into, i);
        address[] memory held = vault.assets();
        amount = _withdrawn(vault, shares, into);
        for (uint256 i; i < routes.length; ++i) {
            try this.swap(routes[i], deadline) returns (uint256 got) {
                amount += got;
            } catch {
                emit NotSwapped(routes[i].path[0]);
            }
        }
        // What routers say they paid has to have come, and counts; what others sent meanwhile does not.
        if (amount < least || Outside.balance(into, address(this)) < amount) revert TooLittle(amount);
        uint256 had = Outside.balance(into, owner);
        _send(into);
        if (Outside.balance(into, owner) < had + least) revert TooLittle(Outside.balance(into, owner) - had);
        _handOver(vault, held, routes);
        emit Left(address(vault), shares, into, amount);
    }

    /// @notice Swaps all there is of a token. Only this contract asks it of itself, so that a failure undoes that
    /// swap and its allowance alone.
    function swap(Route calldata route, uint256 deadline) external returns (uint256 got) {
        if (msg.sender != address(this)) revert NotItself();
        address token = route.path[0];
        uint256 given = Outside.balance(token, address(this));
        if (given == 0 || given == Outside.UNREADABLE) return 0;
        Outside.approve(token, route.router, given);
        if (route.fees.length == 0) {
            uint256[] memory amounts = IUniswapV2Router(route.router)
                .swapExactTokensForTokens(given, 1, route.path, address(this), deadline);
            got = amounts[amounts.length - 1];
        } else {
            got = IUniswapV3Router(route.router)
                .exactInput(IUniswapV3Router.ExactInput(_packed(route), address(this), deadline, given, 1));
        }
        // A router that took less leaves nothing to be taken later.
        Outside.approve(token, route.router, 0);
        emit Swapped(token, route.router, given, got);
    }

    /// @notice Sends all there is of a token to the owner.
    function fetch(address token) external onlyOwner {
        _send(token);
    }

    /// @notice The same with what waits in escrow.
    function fetchEscrowed(Escrow escrow, address token) external onlyOwner {
        escrow.take(token, owner);
    }

    /// Takes the shares and gives them back; how much of the asset came of that by itself.
    function _withdrawn(Vault vault, uint256 shares, address into) private returns (uint256) {
        Outside.transferFrom(address(vault), owner, address(this), shares);
        uint256 had = Outside.balance(into, address(this));
        vault.withdraw(shares);
        return Outside.balance(into, address(this)) - had;
    }

    /// Hands over what was not swapped: tokens as they are, and what only waits in escrow.
    function _handOver(Vault vault, address[] memory held, Route[] calldata routes) private {
        Escrow escrow = Escrow(vault.escrow());
        for (uint256 i; i < held.length; ++i) _rest(escrow, held[i]);
        for (uint256 i; i < routes.length; ++i) _rest(escrow, routes[i].path[0]);
    }

    function _rest(Escrow escrow, address token) private {
        if (escrow.balanceOf(address(this), token) != 0) {
            try escrow.take{gas: Outside.MOST_GAS}(token, owner) {} catch {}
        }
        bytes memory question = abi.encodeCall(IERC20.balanceOf, (address(this)));
        (bool ok, uint256 amount) = Outside.wordWithin(token, question, TELLING);
        if (!ok || amount == 0) return;
        try this.pay{gas: Outside.MOST_GAS}(token) {} catch {
            emit Kept(token, amount);
        }
    }

    /// @notice Sends all there is of a token to the owner. Only this contract asks it of itself.
    function pay(address token) external {
        if (msg.sender != address(this)) revert NotItself();
        _send(token);
    }

    function _send(address token) private {
        Outside.transfer(token, owner, Outside.balance(token, address(this)));
    }

    /// The router is listed as one that may be given allowances, and so is every token on the way and at the
    /// end; what is given away may be delisted by now.
    function _checked(Route calldata route, address into, uint256 index) private view {
        uint256 count = route.path.length;
        if (count < 2 || count > LONGEST_PATH || route.path[count - 1] != into) revert BadRoute(index);
        if (route.fees.length != 0 && route.fees.length != count - 1) revert BadRoute(index);
        if (uint160(REGISTRY.admitted(route.router)) == 0 || !REGISTRY.isSpender(route.router)) {
            revert NotListed(route.router);
        }
        if (route.path[0] == into) revert BadRoute(index);
        for (uint256 i = 1; i < count; ++i) {
            if (!REGISTRY.mayHold(route.path[i])) revert NotListed(route.path[i]);
        }
    }

    /// A token of 20 bytes, then fee (3) and token (20) of each pool.
    function _packed(Route calldata route) private pure returns (bytes memory path) {
        path = abi.encodePacked(route.path[0]);
        for (uint256 i; i < route.fees.length; ++i) {
            path = abi.encodePacked(path, route.fees[i], route.path[i + 1]);
        }
    }
}
