// A worker: frames come in, what is seen of a person goes out. Everything it runs on comes from this origin.
// It is a classic worker because MediaPipe's loader comes in by importScripts, which module workers refuse.

const MODELS = { face: "face_landmarker_live", pose: "pose_landmarker_lite" };
const SURE = 0.4;
const LEVELS = [0.38, 0.62, 0.95]; // how far down the trunk its width is measured, shares of its length

const opened = {};
let library;

async function open(kind) {
  library ??= import("/assets/vision_bundle.mjs");
  const { FaceLandmarker, FilesetResolver, PoseLandmarker } = await library;
  const files = await FilesetResolver.forVisionTasks("/assets");
  const common = {
    baseOptions: { modelAssetPath: `/assets/${MODELS[kind]}`, delegate: "CPU" },
    runningMode: "VIDEO",
  };
  if (kind === "face") {
    return FaceLandmarker.createFromOptions(files, {
      ...common, numFaces: 1, outputFacialTransformationMatrixes: true, minFaceDetectionConfidence: SURE,
    });
  }
  return PoseLandmarker.createFromOptions(files, {
    ...common, numPoses: 1, outputSegmentationMasks: true, minPoseDetectionConfidence: SURE,
  });
}

/** Landmarks as x, y, z each, in fractions of the frame (z like x). */
const flat = (landmarks) => Float32Array.from(landmarks.flatMap(({ x, y, z }) => [x, y, z]));

function face(landmarker, frame, time) {
  const found = time === null ? landmarker.detect(frame) : landmarker.detectForVideo(frame, time);
  if (!found.faceLandmarks.length || !found.facialTransformationMatrixes.length) return null;
  return { points: flat(found.faceLandmarks[0]), matrix: Float32Array.from(found.facialTransformationMatrixes[0].data) };
}

async function pose(landmarker, frame, time) {
  const found = time === null ? landmarker.detect(frame) : landmarker.detectForVideo(frame, time);
  let seen = null;
  if (found.landmarks.length) {
    const [mask] = found.segmentationMasks;
    const shares = mask.getAsFloat32Array();
    seen = {
      points: flat(found.landmarks[0]),
      world: flat(found.worldLandmarks[0]),
      visibility: Float32Array.from(found.landmarks[0], ({ visibility }) => visibility),
      halves: halves(found.landmarks[0], shares, mask.width, mask.height),
      person: await stencil(shares, mask.width, mask.height),
    };
  }
  found.close();
  return seen;
}

/** Half the trunk's width on the left and on the right at each level, in units of the body; 0 where an arm is there. */
function halves(landmarks, shares, width, height) {
  const at = (i) => [landmarks[i].x * width, landmarks[i].y * height];
  const between = (a, b, t = 0.5) => [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
  const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const [top, end] = [between(at(11), at(12)), between(at(23), at(24))];
  const torso = Math.max(apart(top, end), 1);
  const unit = Math.max(apart(at(11), at(12)), 0.62 * torso);
  const [left, right] = [at(11), at(12)];
  const turned = (left[0] - right[0]) * (end[1] - top[1]) - (left[1] - right[1]) * (end[0] - top[0]) < 0 ? -1 : 1;
  const across = [(turned * (end[1] - top[1])) / torso, (-turned * (end[0] - top[0])) / torso];
  const arms = [];
  for (const [a, b] of [[11, 13], [13, 15], [12, 14], [14, 16]]) for (let t = 0; t <= 1.2; t += 0.1) arms.push(between(at(a), at(b), t));
  const reach = (start, side) => {
    for (let step = 0; step < 1.2 * unit; step += 1) {
      const [x, y] = [start[0] + side * step * across[0], start[1] + side * step * across[1]];
      if (x < 0 || y < 0 || x >= width || y >= height) return 0;
      if (shares[Math.floor(y) * width + Math.floor(x)] < 0.5) return arms.some((arm) => apart(arm, [x, y]) < 0.2 * unit) ? 0 : step / unit;
    }
    return 0;
  };
  return [1, -1].map((side) => LEVELS.map((level) => reach(between(top, end, level), side)));
}

/** A mask as a white picture that is opaque where the person is. */
function stencil(shares, width, height) {
  const picture = new ImageData(width, height);
  const pixels = new Uint32Array(picture.data.buffer);
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = 0xffffff | (Math.round(255 * shares[i]) << 24);
  return createImageBitmap(picture);
}

async function detect({ kind, frame, time, still }) {
  opened[kind] ??= open(kind);
  const landmarker = await opened[kind];
  if ((landmarker.still ?? false) !== still) {
    await landmarker.setOptions({ runningMode: still ? "IMAGE" : "VIDEO" });
    landmarker.still = still;
  }
  const begun = performance.now();
  const seen = await (kind === "face" ? face : pose)(landmarker, frame, still ? null : time);
  return { seen, took: performance.now() - begun, made: performance.timeOrigin + performance.now() };
}

onmessage = async ({ data }) => {
  try {
    const told = await detect(data);
    postMessage({ id: data.id, ...told }, told.seen?.person ? [told.seen.person] : []);
  } catch (error) {
    delete opened[data.kind];
    postMessage({ id: data.id, error: String(error?.message ?? error) });
  } finally {
    data.frame.close();
  }
};
