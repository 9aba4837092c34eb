// A thing worn on the head, in the canonical face's own space (centimetres, y up, z forward), which the face's matrix
// takes before a camera of 63° from top to bottom. Head and face hide it: they are drawn in depth alone.

import * as THREE from "/assets/three.module.js";

export const FIELD_OF_VIEW = 63;
const BRIDGE = { landmark: 168, z: 5.31 }; // where the canonical face has the bridge of the nose
const EDGES = [356, 127]; // where the face ends before the ears, left and right
const EARS = -3.6; // from here back, temples lie behind the ears or under hair
const BACK = 0.35; // centimetres that the hiding face lies behind the real one, so that what touches it is seen

/** Triangles of the face mesh, out of the library's list of edges: three edges make one. */
async function triangles() {
  const { FaceLandmarker } = await import("/assets/vision_bundle.mjs");
  const edges = FaceLandmarker.FACE_LANDMARKS_TESSELATION;
  const found = [];
  for (let i = 0; i + 2 < edges.length; i += 3) found.push(edges[i].start, edges[i + 1].start, edges[i + 2].start);
  return found;
}

const hiding = () => new THREE.MeshBasicMaterial({ colorWrite: false, side: THREE.DoubleSide });

/** The skull and the ears, as the eye takes them: an ellipsoid behind the face. */
function skull() {
  const geometry = new THREE.SphereGeometry(1, 24, 16);
  geometry.scale(7.0, 9.0, 9.4);
  geometry.translate(0, 4.2, -4.3);
  return new THREE.Mesh(geometry, hiding());
}

/** A neck, behind which the back of a necklace goes. */
function neck() {
  const geometry = new THREE.CylinderGeometry(5.4, 6.2, 13, 24);
  geometry.translate(0, -11, -4.6);
  return new THREE.Mesh(geometry, hiding());
}

function shape(piece, pictures) {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(Float32Array.from(piece.positions), 3));
  geometry.setIndex(piece.triangles);
  if (piece.normals?.length) geometry.setAttribute("normal", new THREE.BufferAttribute(Float32Array.from(piece.normals), 3));
  else geometry.computeVertexNormals();
  if (piece.uv?.length) geometry.setAttribute("uv", new THREE.BufferAttribute(Float32Array.from(piece.uv), 2));
  const [red, green, blue] = piece.colour;
  const material = new THREE.MeshStandardMaterial({
    color: new THREE.Color().setRGB(red, green, blue, THREE.LinearSRGBColorSpace),
    metalness: piece.metallic,
    roughness: piece.roughness,
    opacity: piece.opacity,
    transparent: piece.opacity < 1 || Boolean(piece.texture),
    depthWrite: piece.opacity >= 1,
    side: THREE.DoubleSide,
  });
  const picture = pictures.get(piece.texture);
  if (picture) {
    material.map = new THREE.Texture(picture);
    material.map.flipY = false;
    material.map.colorSpace = THREE.SRGBColorSpace;
    material.map.needsUpdate = true;
    material.alphaTest = 0.02;
  }
  const mesh = new THREE.Mesh(geometry, material);
  mesh.renderOrder = material.transparent ? 2 : 1;
  return mesh;
}

/** What things shine back: a bright ceiling, a window on one side, a dark floor. */
export function surroundings(renderer) {
  const [wide, high] = [32, 16];
  const data = new Uint8Array(4 * wide * high);
  for (let y = 0; y < high; y += 1) {
    for (let x = 0; x < wide; x += 1) {
      const up = y / (high - 1);
      const window = Math.exp(-(((x - 9) / 3) ** 2) - ((y - 10) / 3) ** 2);
      const level = Math.min(255, 50 + 130 * up * up + 255 * window);
      data.set([level, level, level, 255], 4 * (y * wide + x));
    }
  }
  const picture = new THREE.DataTexture(data, wide, high);
  picture.mapping = THREE.EquirectangularReflectionMapping;
  picture.colorSpace = THREE.SRGBColorSpace;
  picture.needsUpdate = true;
  const maker = new THREE.PMREMGenerator(renderer);
  const { texture } = maker.fromEquirectangular(picture);
  maker.dispose();
  return texture;
}

export class Accessory {
  /** asset: the document of an accessory; pictures: its textures by address. */
  static async make(asset, pictures) {
    return new Accessory(asset, pictures, await triangles());
  }

  constructor(asset, pictures, faces) {
    this.looksFor = "face";
    this.asset = asset;
    this.worn = new THREE.Group();
    this.worn.matrixAutoUpdate = false;
    this.parts = asset.pieces.map((piece) => shape(piece, pictures));
    this.worn.add(skull(), neck(), ...this.parts);
    this.half = asset.half;
    this.veil = new THREE.Plane();
    if (asset.kind === "glasses") for (const { material } of this.parts) material.clippingPlanes = [this.veil];
    this.face = new THREE.Mesh(new THREE.BufferGeometry(), hiding());
    this.positions = new THREE.BufferAttribute(new Float32Array(3 * 478), 3).setUsage(THREE.DynamicDrawUsage);
    this.face.geometry.setAttribute("position", this.positions);
    this.face.geometry.setIndex(faces);
    this.face.frustumCulled = false;
    this.group = new THREE.Group();
    this.group.add(this.face, this.worn);
  }

  /** points: (478, 3) in fractions of the frame; matrix: canonical face to camera, column by column. */
  place(points, matrix, width, height) {
    this.worn.matrix.fromArray(matrix);
    this.worn.matrixWorldNeedsUpdate = true;
    const forward = new THREE.Vector3().setFromMatrixColumn(this.worn.matrix, 2).normalize();
    this.veil.setFromNormalAndCoplanarPoint(forward, new THREE.Vector3(0, 0, EARS).applyMatrix4(this.worn.matrix));
    const focal = height / 2 / Math.tan((FIELD_OF_VIEW * Math.PI) / 360);
    const bridge = new THREE.Vector3(0, 3.01, BRIDGE.z).applyMatrix4(this.worn.matrix);
    const scale = (-bridge.z / focal) * width; // centimetres in a frame's width, at the face
    const { array } = this.positions;
    for (let i = 0; i < 478; i += 1) {
      const far = -bridge.z + (points[3 * i + 2] - points[3 * BRIDGE.landmark + 2]) * scale + BACK;
      array[3 * i] = ((points[3 * i] - 0.5) * width * far) / focal;
      array[3 * i + 1] = (-(points[3 * i + 1] - 0.5) * height * far) / focal;
      array[3 * i + 2] = -far;
    }
    this.positions.needsUpdate = true;
    if (this.asset.kind === "glasses") this.bend();
  }

  /** Bend the temples apart, or together, to where this head's ears are. */
  bend() {
    const own = new THREE.Matrix4().copy(this.worn.matrix).invert();
    const [left, right] = EDGES.map((i) => new THREE.Vector3().fromBufferAttribute(this.positions, i).applyMatrix4(own).x);
    const half = Math.min(8.4, Math.max(6.4, (left - right) / 2));
    if (Math.abs(half - this.half) < 0.15) return;
    this.half = half;
    const { hinge, ear } = this.asset;
    this.parts.forEach(({ geometry }, index) => {
      const { positions } = this.asset.pieces[index];
      const bent = geometry.getAttribute("position");
      for (let i = 0; i < bent.count; i += 1) {
        const [x, z] = [positions[3 * i], positions[3 * i + 2]];
        const back = Math.min(1.3, Math.max(0, (hinge - z) / (hinge - ear)));
        bent.setX(i, x + Math.sign(x) * (half - this.asset.half) * back);
      }
      bent.needsUpdate = true;
    });
  }

  dispose() {
    this.group.traverse(({ geometry, material }) => {
      geometry?.dispose();
      material?.map?.dispose();
      material?.dispose();
    });
  }
}
