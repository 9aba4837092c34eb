// The picture: the frame, what is worn over it, and what of the person lies in front of that.

import * as THREE from "/assets/three.module.js";
import { FIELD_OF_VIEW, surroundings } from "/try/accessory.js";
import { Front } from "/try/front.js";

const PLAIN = `
  varying vec2 place;
  void main() { place = uv; gl_Position = vec4(position.xy, 0.0, 1.0); }`;
const SHOW = `
  varying vec2 place;
  uniform sampler2D frame;
  void main() { gl_FragColor = vec4(texture2D(frame, place).rgb, 1.0); }`;
const SHOW_FRONT = `
  varying vec2 place;
  uniform sampler2D frame; uniform sampler2D front; uniform vec3 skin; uniform vec3 cloth;
  vec3 tone(vec3 colour) { float sum = dot(colour, vec3(1.0)) + 0.1; return vec3(colour.rg / sum * 3.0, 0.5 * sum / 3.0); }
  void main() {
    vec4 there = texture2D(front, place);
    if (there.a < 0.02) discard;
    vec3 colour = texture2D(frame, place).rgb;
    vec3 here = tone(colour);
    float bare = smoothstep(-0.04, 0.06, distance(here, tone(cloth)) - distance(here, tone(skin)));
    float head = there.r / there.a;
    gl_FragColor = vec4(colour, smoothstep(0.25, 0.75, there.a) * mix(bare, 1.0, head));
  }`;

const LIGHT = [32, 24];

/** Whether drawing is done without a graphics processor, where smoothing edges takes longer than all the rest. */
function isSoftware() {
  const context = document.createElement("canvas").getContext("webgl2");
  const named = context?.getExtension("WEBGL_debug_renderer_info")?.UNMASKED_RENDERER_WEBGL ?? context?.RENDERER;
  const name = context ? context.getParameter(named) : "";
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

function picture(canvas) {
  const texture = new THREE.CanvasTexture(canvas);
  texture.generateMipmaps = false;
  texture.minFilter = THREE.LinearFilter;
  texture.flipY = false;
  return texture;
}

/** A sheet over the whole view, whose picture's first row is at the top. */
function sheet(material) {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array([-1, -1, 0, 3, -1, 0, -1, 3, 0]), 3));
  geometry.setAttribute("uv", new THREE.BufferAttribute(new Float32Array([0, 1, 2, 1, 0, -1]), 2));
  const mesh = new THREE.Mesh(geometry, material);
  mesh.frustumCulled = false;
  return mesh;
}

export class View {
  /** Throws where the browser has no WebGL. */
  constructor(canvas) {
    this.canvas = canvas;
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: !isSoftware(), alpha: false });
    this.renderer.autoClear = false;
    this.renderer.localClippingEnabled = true; // of temples behind ears
    this.textures = new Map(); // by the canvas they show
    this.flat = new THREE.Scene();
    this.deep = new THREE.Scene();
    this.deep.environment = surroundings(this.renderer);
    this.sun = new THREE.DirectionalLight(0xffffff, 1.2);
    this.sun.position.set(-0.5, 1, 0.8);
    this.deep.add(this.sun);
    this.ortho = new THREE.OrthographicCamera(0, 1, 0, 1, -1, 1);
    this.lens = new THREE.PerspectiveCamera(FIELD_OF_VIEW, 1, 1, 1000);
    this.light = document.createElement("canvas");
    [this.light.width, this.light.height] = LIGHT;
    this.lightContext = this.light.getContext("2d", { willReadFrequently: true });
    this.lightTexture = picture(this.light);
    const spot = document.createElement("canvas");
    spot.width = spot.height = 4;
    this.spotContext = spot.getContext("2d", { willReadFrequently: true });
    this.front = new Front();
    this.frontTexture = picture(this.front.canvas);
    const material = { vertexShader: PLAIN, depthTest: false, depthWrite: false };
    this.behind = sheet(new THREE.ShaderMaterial({ ...material, fragmentShader: SHOW, uniforms: { frame: { value: null } } }));
    this.before = sheet(new THREE.ShaderMaterial({
      ...material, fragmentShader: SHOW_FRONT, transparent: true, premultipliedAlpha: false,
      uniforms: {
        frame: { value: null }, front: { value: this.frontTexture },
        skin: { value: new THREE.Vector3() }, cloth: { value: new THREE.Vector3() },
      },
    }));
    this.behind.renderOrder = 0;
    this.before.renderOrder = 100;
    this.flat.add(this.behind, this.before);
  }

  /** Put a Garment or an Accessory on, or null. */
  wear(thing) {
    if (this.worn) {
      this.worn.group.removeFromParent();
      this.worn.dispose();
    }
    this.worn = thing;
    if (thing) (thing.looksFor === "face" ? this.deep : this.flat).add(thing.group);
  }

  /** Draw a frame, a canvas; seen: what was found in it, or null. */
  draw(frame, seen) {
    const { width, height } = frame;
    if (width !== this.canvas.width || height !== this.canvas.height) this.resize(width, height);
    this.show(frame);
    const { worn } = this;
    const on = Boolean(worn && seen && (worn.looksFor === "face") === Boolean(seen.matrix));
    if (worn) worn.group.visible = on;
    this.before.visible = on && worn.looksFor === "pose";
    if (on && worn.looksFor === "pose") this.dress(frame, seen, width, height);
    if (on && worn.looksFor === "face") {
      worn.place(seen.points, seen.matrix, width, height);
      this.lit(frame);
      this.deep.environmentIntensity = 0.35 + 1.3 * this.brightness(0, 0, 1, 1);
    }
    this.renderer.clear();
    this.renderer.render(this.flat, this.ortho);
    if (on && worn.looksFor === "face") {
      this.renderer.clearDepth();
      this.renderer.render(this.deep, this.lens);
    }
  }

  dress(frame, seen, width, height) {
    const points = new Float32Array(66);
    for (let i = 0; i < 33; i += 1) {
      points[2 * i] = seen.points[3 * i] * width;
      points[2 * i + 1] = seen.points[3 * i + 1] * height;
    }
    this.lit(frame);
    this.lightTexture.needsUpdate = true;
    const xs = [11, 12, 23, 24].map((i) => seen.points[3 * i]);
    const ys = [11, 12, 23, 24].map((i) => seen.points[3 * i + 1]);
    const bright = this.brightness(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
    const body = this.worn.place({ ...seen, points }, width, height, bright);
    const { skin, cloth } = this.before.material.uniforms;
    const at = (i) => [points[2 * i], points[2 * i + 1]];
    const [nose, mouth] = [at(0), at(9)];
    const small = 0.5 * Math.hypot(nose[0] - mouth[0], nose[1] - mouth[1]) + 1;
    skin.value.set(...this.colour(frame, nose[0], (nose[1] + mouth[1]) / 2, small));
    const chest = [0.3 * points[22] + 0.3 * points[24] + 0.2 * points[46] + 0.2 * points[48], 0.3 * points[23] + 0.3 * points[25] + 0.2 * points[47] + 0.2 * points[49]];
    cloth.value.set(...this.colour(frame, ...chest, 0.15 * body.unit));
    this.front.draw({ ...seen, points }, width, height, body, this.worn.long);
    this.frontTexture.needsUpdate = true;
  }

  /** Mean colour of a square of the frame, red, green, blue in [0, 1]. */
  colour(frame, x, y, half) {
    this.spotContext.drawImage(frame, x - half, y - half, 2 * half, 2 * half, 0, 0, 4, 4);
    const { data } = this.spotContext.getImageData(0, 0, 4, 4);
    return [0, 1, 2].map((c) => data.reduce((sum, value, i) => sum + (i % 4 === c ? value : 0), 0) / 16 / 255);
  }

  lit(frame) {
    this.lightContext.drawImage(frame, 0, 0, ...LIGHT);
  }

  /** Mean brightness in [0, 1] of a box in fractions of the frame. */
  brightness(x0, y0, x1, y1) {
    const { data } = this.lightContext.getImageData(0, 0, ...LIGHT);
    let [sum, count] = [0, 0];
    for (let y = 0; y < LIGHT[1]; y += 1) {
      for (let x = 0; x < LIGHT[0]; x += 1) {
        const [u, v] = [(x + 0.5) / LIGHT[0], (y + 0.5) / LIGHT[1]];
        if (u < x0 || u > x1 || v < y0 || v > y1) continue;
        const at = 4 * (y * LIGHT[0] + x);
        sum += 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
        count += 255;
      }
    }
    return Math.max(0.08, sum / Math.max(count, 1));
  }

  show(frame) {
    if (!this.textures.has(frame)) {
      if (this.textures.size > 2) this.forget();
      this.textures.set(frame, picture(frame));
    }
    const texture = this.textures.get(frame);
    texture.needsUpdate = true;
    this.behind.material.uniforms.frame.value = this.before.material.uniforms.frame.value = texture;
  }

  forget() {
    for (const texture of this.textures.values()) texture.dispose();
    this.textures.clear();
  }

  resize(width, height) {
    this.forget();
    this.frontTexture.dispose();
    this.renderer.setSize(width, height, false);
    Object.assign(this.ortho, { right: width, bottom: height });
    this.ortho.updateProjectionMatrix();
    this.lens.aspect = width / height;
    this.lens.updateProjectionMatrix();
  }
}
