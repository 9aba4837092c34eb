// The camera, and in words why there is none.

const REFUSALS = {
  NotAllowedError: ["camera-refused", "The camera was not allowed. Allow it beside the page's address, or choose a photo."],
  NotFoundError: ["no-camera", "No camera was found on this device. You can choose a photo instead."],
  OverconstrainedError: ["no-camera", "No camera was found that fits. You can choose a photo instead."],
  NotReadableError: ["camera-busy", "The camera is in use by another program. Close that, or choose a photo."],
};

export class Refused extends Error {
  constructor(code, words) {
    super(words);
    this.code = code;
  }
}

/** Start the camera into a video element. Raises Refused. */
export async function startCamera(video) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Refused("no-camera", "This browser gives pages no camera, or only over https. You can choose a photo instead.");
  }
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: "user", width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } },
    });
    video.srcObject = stream;
    await video.play();
    return stream;
  } catch (error) {
    const [code, words] = REFUSALS[error.name] ?? ["no-camera", "The camera did not start. You can choose a photo instead."];
    throw new Refused(code, words);
  }
}

export function stopCamera(video) {
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
}
