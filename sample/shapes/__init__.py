"""The cut of each kind of product: functions from a look and a generator of random numbers to a sketch.

Names in the truth, where "left" is the wearer's:

tops        parts torso, sleeve_left, sleeve_right, collar, collar_inside (the inner side of the back), hood
            points neckline_left/_right/_front, shoulder_*, armpit_*, cuff_outer_*, cuff_inner_*, waist_*, hem_*, hem_centre
dresses     as tops, with part skirt, and waistband where there is a belt; waist_* is the seam, hem_* the skirt's
skirts      parts skirt, waistband, waist_inside; points waist_*, hem_*, hem_centre
trousers    parts leg_left, leg_right, waistband, waist_inside; points waist_*, hip_*, crotch, hem_outer_*, hem_inner_*
shoes       parts upper, sole, laces, tongue, inside, far_shoe; points toe, heel, instep, ankle_back, ground_heel
hats        parts crown, brim, band; points crown_top, brim_* or band_*
bags        parts body, handle, flap, clasp, straps, pocket; points top_*, base_*, handle_top
glasses     parts frame_*, lens_* (clear lenses are not in the mask), bridge, temple_*; points temple_*, rim_top_*, rim_low_*, bridge
scarves     parts tail_front, tail_back, loop, fringe, or border, centre, or front, back
watches     parts strap, buckle, case, dial, crown; points dial, crown, case_top, case_base, strap_end
"""
