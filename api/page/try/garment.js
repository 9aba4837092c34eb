// A garment as a mesh that goes with a body's bones: for each vertex a weighted sum of bone frames, each carrying the
// place that the vertex has in it on a figure at rest; between figures, mixed by how far the arm on its side is raised.

import * as THREE from "/assets/three.module.js";

const LEFT = { shoulder: 11, elbow: 13, wrist: 15 };
const RIGHT = { shoulder: 12, elbow: 14, wrist: 16 };
const NARROWEST = 0.6; // of the shoulders' length from the front, however far they turn

// Where a trunk's width is measured, shares of its length, and the halves that figures at rest have there, in units.
const LEVELS = [0.38, 0.62, 0.95];
const USUAL = [0.46, 0.41, 0.5];
const TOP = 0.13; // and how far the shoulder's outline is above its joint
const ROOM = 1.06; // by how much a body may be wider than usual before cloth must give
const FITTING = 0.2; // how much of a new measure is believed

const VERTEX = `
  varying vec2 place; varying vec2 here;
  uniform vec2 size;
  void main() {
    place = uv;
    here = position.xy / size;
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  }`;
// Light and shade of the frame, blurred, fall on the cloth; both pictures are in sRGB and stay so.
const FRAGMENT = `
  varying vec2 place; varying vec2 here;
  uniform sampler2D cloth; uniform sampler2D light; uniform float middle;
  void main() {
    vec4 seen = texture2D(cloth, place);
    if (seen.a < 0.01) discard;
    float bright = dot(texture2D(light, here).rgb, vec3(0.299, 0.587, 0.114));
    float shade = mix(1.0, clamp(bright / middle, 0.7, 1.12), 0.55) * clamp(0.62 + 0.7 * middle, 0.72, 1.04);
    gl_FragColor = vec4(seen.rgb * shade, seen.a);
  }`;

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
/** From 0 to 1, levelling out at both ends. */
const ramp = (value, low, high) => {
  const share = clamp((value - low) / (high - low), 0, 1);
  return share * share * (3 - 2 * share);
};
const middle = (points, which) => {
  const sum = [0, 0];
  for (const i of which) {
    sum[0] += points[2 * i] / which.length;
    sum[1] += points[2 * i + 1] / which.length;
  }
  return sum;
};
const minus = (a, b) => [a[0] - b[0], a[1] - b[1]];
const dot = (a, b) => a[0] * b[0] + a[1] * b[1];
const length = (a) => Math.hypot(a[0], a[1]);
const point = (points, i) => [points[2 * i], points[2 * i + 1]];

/** Measures of a body by its landmarks, x and y of each. */
function measure(points) {
  const top = middle(points, [11, 12]);
  const down = minus(middle(points, [23, 24]), top);
  const shoulders = minus(point(points, 11), point(points, 12));
  const torso = Math.max(length(down), 1e-6);
  const unit = Math.max(length(shoulders), 0.62 * torso);
  return { top, down: [down[0] / torso, down[1] / torso], torso, unit, width: Math.max(length(shoulders), NARROWEST * unit) };
}

/** A bone's frame: origin x, y, x axis, y axis. */
function frame(bone, points, { unit, width }) {
  const at = middle(points, bone.at);
  let y = minus(middle(points, bone.to), at);
  const long = Math.max(length(y), 1e-6);
  let x = bone.x ? minus(point(points, bone.x[0]), point(points, bone.x[1])) : [y[1], -y[0]];
  const stretch = (bone.x ? width : unit) / Math.max(length(x), 1e-6);
  x = [x[0] * stretch, x[1] * stretch];
  const short = (0.15 * unit) / long; // a limb that points at the camera still has a way to go
  if (short > 1) y = [y[0] * short, y[1] * short];
  return [...at, ...x, ...y];
}

const inside = ([ox, oy, ax, ay, bx, by], x, y) => {
  const [dx, dy, det] = [x - ox, y - oy, ax * by - ay * bx];
  return [(dx * by - dy * bx) / det, (ax * dy - ay * dx) / det];
};

/** Degrees by which an arm is raised from hanging, away from the trunk. */
function raised(points, arm, { down, unit }, out) {
  const bone = minus(point(points, arm.elbow), point(points, arm.shoulder));
  const across = [down[1] * out, -down[0] * out];
  const angle = (Math.atan2(dot(bone, across), dot(bone, down)) * 180) / Math.PI;
  const sure = Math.min(1, length(bone) / (0.5 * unit)); // foreshortened, its direction says little
  return (angle < -90 ? 180 : angle) * sure + 20 * (1 - sure);
}

/** Shares of the figures at rest for an angle. */
function shares(angles, angle) {
  const made = new Array(angles.length).fill(0);
  const last = angles.length - 1;
  if (angle <= angles[0]) made[0] = 1;
  else if (angle >= angles[last]) made[last] = 1;
  else {
    const next = angles.findIndex((each) => each > angle);
    made[next] = (angle - angles[next - 1]) / (angles[next] - angles[next - 1]);
    made[next - 1] = 1 - made[next];
  }
  return made;
}

/** Between which levels a share of the trunk's length lies: 0 at the shoulders, 1 at the first level, and so on. */
function rung(down) {
  const ladder = [0.12, ...LEVELS];
  if (down <= ladder[0]) return 0;
  const next = ladder.findIndex((level) => level > down);
  return next < 0 ? LEVELS.length : next - 1 + (down - ladder[next - 1]) / (ladder[next] - ladder[next - 1]);
}

class Piece {
  constructor(piece, asset, rests, material) {
    this.part = piece.part;
    this.bones = piece.bones;
    this.weights = piece.weights;
    const count = (this.count = piece.uv.length / 2);
    this.figures = asset.raised.length;
    this.trunk = piece.bones.map((bone) => Boolean(asset.bones[bone].x));
    this.arm = piece.bones.map((bone) => /^arm/.test(asset.bones[bone].name));
    this.local = new Float32Array(this.figures * this.bones.length * count * 2);
    this.side = new Float32Array(count); // 1 on the left, 0 on the right
    let at = 0;
    piece.shapes.forEach((shape, k) => {
      for (const bone of piece.bones) {
        for (let i = 0; i < count; i += 1) {
          [this.local[at], this.local[at + 1]] = inside(rests[k][bone], shape[2 * i], shape[2 * i + 1]);
          at += 2;
        }
      }
    });
    const torso = measure(asset.rest[0]).torso;
    this.level = Float32Array.from({ length: count }, (_, i) => rung(piece.shapes[0][2 * i + 1] / torso));
    this.lift = Float32Array.from({ length: count }, (_, i) => {
      const [x, y] = point(piece.shapes[0], i);
      return 0.85 * ramp(Math.abs(x), 0.12, 0.42) * (1 - ramp(y, -0.05, 0.45)); // the shoulders' ends, not the neck
    });
    for (let i = 0; i < count; i += 1) this.side[i] = Math.min(1, Math.max(0, 0.5 + piece.shapes[0][2 * i] / 0.4));
    this.geometry = new THREE.BufferGeometry();
    this.positions = new THREE.BufferAttribute(new Float32Array(3 * count), 3).setUsage(THREE.DynamicDrawUsage);
    this.geometry.setAttribute("position", this.positions);
    this.geometry.setAttribute("uv", new THREE.BufferAttribute(Float32Array.from(piece.uv), 2));
    this.geometry.setIndex(piece.triangles);
    this.mesh = new THREE.Mesh(this.geometry, material);
    this.mesh.frustumCulled = false;
  }

  place(frames, left, right, { trunk, lifts, arms }, { down, unit }) {
    const { array } = this.positions;
    for (let i = 0; i < this.count; i += 1) {
      const lift = unit * this.lift[i] * lifts[this.side[i] >= 0.5 ? 0 : 1];
      array[3 * i] = -lift * down[0];
      array[3 * i + 1] = -lift * down[1];
    }
    const stretch = (i) => {
      const shares = trunk[this.side[i] >= 0.5 ? 0 : 1];
      const [at, beyond] = [Math.floor(this.level[i]), this.level[i] % 1];
      return shares[at] + beyond * ((shares[at + 1] ?? shares[at]) - shares[at]);
    };
    for (let k = 0; k < this.figures; k += 1) {
      if (left[k] === 0 && right[k] === 0) continue;
      for (let b = 0; b < this.bones.length; b += 1) {
        const [ox, oy, ax, ay, bx, by] = frames[this.bones[b]];
        const start = (k * this.bones.length + b) * this.count;
        for (let i = 0; i < this.count; i += 1) {
          const share = this.weights[b * this.count + i] * (left[k] * this.side[i] + right[k] * (1 - this.side[i]));
          if (share === 0) continue;
          const wide = this.trunk[b] ? stretch(i) : this.arm[b] ? arms[this.side[i] >= 0.5 ? 0 : 1] : 1;
          const u = this.local[2 * (start + i)] * wide;
          const v = this.local[2 * (start + i) + 1];
          array[3 * i] += share * (ox + u * ax + v * bx);
          array[3 * i + 1] += share * (oy + u * ay + v * by);
        }
      }
    }
    this.positions.needsUpdate = true;
  }
}

export class Garment {
  /** asset: the document of a garment; picture: its texture, an ImageBitmap with premultiplied alpha. */
  constructor(asset, picture, light) {
    this.looksFor = "pose";
    this.asset = asset;
    this.texture = new THREE.Texture(picture);
    this.texture.flipY = false;
    this.texture.generateMipmaps = true;
    this.texture.minFilter = THREE.LinearMipmapLinearFilter;
    this.texture.needsUpdate = true;
    this.material = new THREE.ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: {
        cloth: { value: this.texture }, light: { value: light }, middle: { value: 0.5 }, size: { value: new THREE.Vector2(1, 1) },
      },
      transparent: true,
      premultipliedAlpha: true,
      blending: THREE.CustomBlending,
      blendSrc: THREE.OneFactor,
      blendDst: THREE.OneMinusSrcAlphaFactor,
      depthTest: false,
      depthWrite: false,
      side: THREE.DoubleSide,
    });
    const rests = asset.rest.map((points) => asset.bones.map((bone) => frame(bone, points, measure(points))));
    this.pieces = asset.pieces.map((piece) => new Piece(piece, asset, rests, this.material));
    this.group = new THREE.Group();
    this.group.add(...this.pieces.map(({ mesh }) => mesh));
    this.seen = null; // widths, as they settle
    this.long = asset.pieces.some(({ part, bones }) => part.startsWith("sleeve") && bones.some((bone) => asset.bones[bone].name.startsWith("forearm")));
  }

  /** Let out by the widths that are seen. */
  measure({ trunk, tops, arms }) {
    const shares = trunk.map((side) => side.map((half, level) => half && clamp(half / USUAL[level] / ROOM, 1, 1.3)));
    const seen = [
      ...[0, 1].flatMap((s) => [1, ...shares[s].map((share, level) => share || shares[1 - s][level] || 1)]),
      ...tops.map((top) => (top ? clamp(top, 0.08, 0.24) - TOP : 0)),
      ...arms.map((arm) => (arm ? clamp(arm, 1.1, 1.35) : 1.1)),
    ];
    this.seen = this.seen ? this.seen.map((value, i) => value + FITTING * (seen[i] - value)) : seen;
    const rungs = LEVELS.length + 1;
    return {
      trunk: [this.seen.slice(0, rungs), this.seen.slice(rungs, 2 * rungs)],
      lifts: this.seen.slice(2 * rungs, 2 * rungs + 2),
      arms: this.seen.slice(2 * rungs + 2),
    };
  }

  /** Lay it on a body. points: (33, 2) pixels; world: (33, 3) metres; girth: its widths; bright: the trunk's light. */
  place({ points, world, girth }, width, height, bright) {
    const body = measure(points);
    const widths = this.measure(girth);
    const frames = this.asset.bones.map((bone) => frame(bone, points, body));
    const facing = Math.sign(points[22] - points[24]) || 1;
    const left = shares(this.asset.raised, raised(points, LEFT, body, facing));
    const right = shares(this.asset.raised, raised(points, RIGHT, body, -facing));
    this.pieces.forEach((piece, index) => {
      piece.place(frames, left, right, widths, body);
      const arm = piece.part === "sleeve_left" ? LEFT : piece.part === "sleeve_right" ? RIGHT : null;
      const behind = arm && world[3 * arm.elbow + 2] > world[3 * arm.shoulder + 2] + 0.14;
      piece.mesh.renderOrder = 10 + (behind ? 0.5 : index);
    });
    this.material.uniforms.size.value.set(width, height);
    this.material.uniforms.middle.value = bright;
    return body;
  }

  dispose() {
    for (const { geometry } of this.pieces) geometry.dispose();
    this.texture.dispose();
    this.material.dispose();
  }
}
