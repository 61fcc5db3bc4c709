// A chain with a vault, and the wallet libraries of agents, unchanged: `PART` says which.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const from = createRequire(`${process.env.MODULES}/x.js`);
const load = (name) => import(pathToFileURL(from.resolve(name)).href);
const { createPublicClient, createWalletClient, encodeFunctionData, http, defineChain, maxUint256 } = await load('viem');

const chain = defineChain({
  id: 31337,
  name: 'anvil',
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [process.env.NODE_URL] } },
});
const artifact = (name) => JSON.parse(readFileSync(`${process.env.ARTIFACTS}/${name}.json`));
const must = (truth, what) => {
  if (!truth) throw new Error(what);
};

async function deploy() {
  const { Wallet, encryptKeystoreJson } = await load('ethers');
  const node = createPublicClient({ chain, transport: http(), pollingInterval: 20 });
  const ask = (method, params) => node.request({ method, params });
  const accounts = await ask('eth_accounts', []);
  const [owner, manager, alice] = accounts;
  const wallet = createWalletClient({ chain, transport: http() });
  const mined = async (hash) => {
    const receipt = await node.waitForTransactionReceipt({ hash });
    must(receipt.status === 'success', `${hash} reverted`);
    return receipt;
  };
  const made = async (name, args = []) => {
    const { abi, creation } = artifact(name);
    const bytecode = creation.startsWith('0x') ? creation : `0x${creation}`;
    const hash = await wallet.deployContract({ account: owner, abi, bytecode, args });
    return (await mined(hash)).contractAddress;
  };
  // What a call costs depends on the second it is mined in; an estimate of the second before may be too little.
  const gas = 5_000_000n;
  const tell = async (account, address, name, functionName, args) =>
    mined(await wallet.writeContract({ account, address, abi: artifact(name).abi, functionName, args, gas }));

  const delay = 172800n;
  const registry = await made('GuardRegistry', [owner, owner, delay, 604800n]);
  const escrow = await made('Escrow', [registry]);
  const codes = [await made('Vault', [registry, escrow]), await made('VaultManager')];
  const factory = await made('VaultFactory', codes);
  const usd = await made('test/MockToken', [6]);
  const eth = await made('test/MockToken', [18]);
  const feeds = [await made('test/FixedFeed', [10n ** 18n]), await made('test/FixedFeed', [2000n * 10n ** 18n])];
  const tokenGuard = await made('Erc20Guard', [registry]);
  const routerGuard = await made('UniswapV2Guard', [registry]);
  const assetGuard = await made('Erc20Asset', [registry]);
  const router = await made('test/MockV2Router');
  await tell(owner, router, 'test/MockV2Router', 'createPair', [usd, eth]);
  const pair = await node.readContract({
    address: router, abi: artifact('test/MockV2Router').abi, functionName: 'getPair', args: [usd, eth],
  });
  await tell(owner, usd, 'test/MockToken', 'mint', [pair, 20_000_000n * 10n ** 6n]);
  await tell(owner, eth, 'test/MockToken', 'mint', [pair, 10_000n * 10n ** 18n]);
  await tell(owner, pair, 'test/MockPair', 'provide', [owner]);

  const destinations = [[router, routerGuard, 6n], [usd, tokenGuard, 0n], [eth, tokenGuard, 0n]];
  const assets = [[usd, feeds[0], 0], [eth, feeds[1], 0]];
  const list = async (step) => {
    for (const one of destinations) await tell(owner, registry, 'GuardRegistry', `${step}Destination`, one);
    for (const one of assets) await tell(owner, registry, 'GuardRegistry', `${step}Asset`, one);
    await tell(owner, registry, 'GuardRegistry', `${step}Type`, [0, assetGuard]);
  };
  await list('announce');
  await ask('evm_increaseTime', [Number(delay) + 1]);
  await list('commit');

  const trader = Wallet.createRandom();
  await ask('anvil_setBalance', [trader.address, '0xde0b6b3a7640000']);
  const plan = {
    manager, name: 'Vault', symbol: 'VLT', cooldown: 0, isPrivate: false,
    conditions: { checks: 15, lossPerCall: 20_000, lossPerDay: 50_000 },
    fees: { entry: 0, exit: 0, performance: 0, management: 0 },
  };
  const factoryAbi = artifact('VaultFactory').abi;
  const planned = { account: owner, address: factory, abi: factoryAbi, functionName: 'make', args: [plan], gas };
  const { result } = await node.simulateContract(planned);
  await mined(await wallet.writeContract(planned));
  const [vault, logic] = result;
  for (const asset of [usd, eth]) await tell(manager, logic, 'VaultManager', 'addAsset', [asset, true]);
  await tell(manager, logic, 'VaultManager', 'setTrader', [trader.address]);
  await tell(owner, usd, 'test/MockToken', 'mint', [alice, 10_000n * 10n ** 6n]);
  await tell(alice, usd, 'test/MockToken', 'approve', [vault, maxUint256]);
  await tell(alice, vault, 'Vault', 'deposit', [usd, 10_000n * 10n ** 6n, 0n]);
  const allow = encodeFunctionData({
    abi: artifact('test/MockToken').abi, functionName: 'approve', args: [router, maxUint256],
  });
  await tell(manager, vault, 'Vault', 'execTransaction', [usd, allow]);
  const { address, privateKey } = trader;
  const keystore = await encryptKeystoreJson({ address, privateKey }, process.env.PASSWORD, { scrypt: { N: 16, r: 8, p: 1 } });
  const people = { manager, trader: address };
  console.log(JSON.stringify({
    ...people, vault, logic, registry, usd, eth, router, tokenGuard, routerGuard, keystore, key: privateKey,
  }));
}

// One swap of the vault, word by word.
function swap(world, { amount = 100_000_000n, to = world.vault, path = [world.usd, world.eth], until }) {
  const data = encodeFunctionData({
    abi: artifact('test/MockV2Router').abi,
    functionName: 'swapExactTokensForTokens',
    args: [amount, 1n, path, to, until],
  });
  return encodeFunctionData({ abi: artifact('Vault').abi, functionName: 'execTransaction', args: [world.router, data] });
}

async function settled(ask) {
  try {
    return { hash: await ask() };
  } catch (error) {
    // Libraries wrap what a node says; what it says is in there.
    for (let one = error; one; one = one.cause ?? one.info?.error ?? one.error) {
      if (one.data?.code) return { code: one.code, message: one.message, data: one.data };
    }
    return { code: error.code, message: String(error.message) };
  }
}

async function trade() {
  const world = JSON.parse(process.env.WORLD);
  const gate = process.env.GATE_URL;
  const headers = { authorization: `Bearer ${process.env.AGENT_KEY}` };
  const asked = JSON.parse(process.env.ASKED ?? '{}');
  for (const name of ['amount', 'until']) if (asked[name]) asked[name] = BigInt(asked[name]);
  const data = swap(world, asked);
  if (process.env.LIBRARY === 'ethers') {
    const { FetchRequest, JsonRpcProvider } = await load('ethers');
    const request = new FetchRequest(gate);
    request.setHeader('authorization', headers.authorization);
    const provider = new JsonRpcProvider(request, undefined, { batchMaxCount: 5 });
    const signer = await provider.getSigner();
    must((await signer.getAddress()).toLowerCase() === world.trader.toLowerCase(), 'another account');
    const found = await settled(() => provider.send('eth_sendTransaction', [{ from: world.trader, to: world.vault, data }]));
    provider.destroy();
    return found;
  }
  const transport = http(gate, { fetchOptions: { headers }, retryCount: 0, timeout: 60_000 });
  const node = createPublicClient({ chain, transport });
  must((await node.getChainId()) === 31337, 'another chain');
  must((await node.getBlockNumber()) > 0n, 'no blocks');
  const wallet = createWalletClient({ chain, transport });
  const [account] = await wallet.getAddresses();
  const found = await settled(() => wallet.sendTransaction({ account, to: world.vault, data }));
  if (found.hash) {
    const receipt = await node.getTransactionReceipt({ hash: found.hash });
    must(receipt.status === 'success' && receipt.transactionHash === found.hash, 'no receipt');
  }
  return found;
}

// Whose signature over typed data it is, as the other library finds out.
async function signed(world, { data, signature }) {
  const { verifyTypedData } = await load('ethers');
  const { EIP712Domain, ...types } = data.types;
  const { recoverTypedDataAddress } = await load('viem');
  const found = [verifyTypedData(data.domain, types, data.message, signature), await recoverTypedDataAddress({ ...data, signature })];
  must(found.every((one) => one.toLowerCase() === world.trader.toLowerCase()), 'the signature of somebody else');
}

async function sign() {
  const world = JSON.parse(process.env.WORLD);
  const gate = process.env.GATE_URL;
  const headers = { authorization: `Bearer ${process.env.AGENT_KEY}` };
  const data = JSON.parse(process.env.ASKED);
  let found;
  if (process.env.LIBRARY === 'ethers') {
    const { FetchRequest, JsonRpcProvider } = await load('ethers');
    const request = new FetchRequest(gate);
    request.setHeader('authorization', headers.authorization);
    const provider = new JsonRpcProvider(request);
    const signer = await provider.getSigner();
    const { EIP712Domain, ...types } = data.types;
    found = await settled(() => signer.signTypedData(data.domain, types, data.message));
    provider.destroy();
  } else {
    const transport = http(gate, { fetchOptions: { headers }, retryCount: 0, timeout: 60_000 });
    const wallet = createWalletClient({ chain, transport });
    const [account] = await wallet.getAddresses();
    found = await settled(() => wallet.signTypedData({ account, ...data }));
  }
  if (found.hash) await signed(world, { data, signature: found.hash });
  return found;
}

async function look() {
  const world = JSON.parse(process.env.WORLD);
  const node = createPublicClient({ chain, transport: http() });
  const abi = artifact('test/MockToken').abi;
  const held = (address) => node.readContract({ address, abi, functionName: 'balanceOf', args: [world.vault] });
  const { timestamp } = await node.getBlock();
  const nonce = await node.getTransactionCount({ address: world.trader });
  console.log(JSON.stringify({ usd: `${await held(world.usd)}`, eth: `${await held(world.eth)}`, now: `${timestamp}`, nonce }));
}

if (process.env.PART === 'deploy') await deploy();
if (process.env.PART === 'look') await look();
if (process.env.PART === 'sign') console.log(JSON.stringify(await sign()));
if (process.env.PART === 'trade') console.log(JSON.stringify(await trade()));
