"""Which names of torch may be said. A list of what is allowed: a name that is not here does not exist.

Must not know how they are called. Nothing here takes a callable, a file, a process, a hook or a raw address.
"""

from __future__ import annotations

from tensorviz.engine.console.word_list import words

BOTH = """
abs absolute acos acosh add addbmm addcdiv addcmul addmm addmv addr adjoint all allclose amax amin aminmax angle any
arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argsort argwhere as_strided asin asinh atan atan2
atanh baddbmm bernoulli bincount bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor
bmm broadcast_to bucketize ceil cholesky chunk clamp clamp_max clamp_min clip clone conj conj_physical copysign
corrcoef cos cosh count_nonzero cov cross cummax cummin cumprod cumsum deg2rad det diag diag_embed diagflat diagonal
diagonal_scatter diff digamma dist div divide dot dsplit eq equal erf erfc erfinv exp exp2 expm1 fix flatten flip
fliplr flipud float_power floor floor_divide fmax fmin fmod frac frexp gather gcd ge ger greater greater_equal gt
heaviside histc hsplit hypot i0 imag index_add index_copy index_fill index_select inner inverse is_complex is_conj
is_floating_point is_neg is_nonzero is_same_size is_signed isclose isfinite isinf isnan isneginf isposinf isreal
kron kthvalue lcm ldexp le lerp less less_equal lgamma log log10 log1p log2 logaddexp logaddexp2 logcumsumexp logdet
logical_and logical_not logical_or logical_xor logit logsumexp lt masked_fill masked_scatter masked_select matmul
matrix_exp matrix_power max maximum mean median min minimum mm mode moveaxis movedim msort mul multinomial multiply mv
nan_to_num nanmean nanmedian nanquantile nansum narrow ne neg negative nextafter nonzero norm not_equal numel
outer permute pinverse polygamma positive pow prod quantile rad2deg ravel real reciprocal relu remainder
renorm repeat_interleave reshape resolve_conj resolve_neg roll rot90 round rsqrt scatter scatter_add searchsorted select
select_scatter sgn sigmoid sign signbit sin sinc sinh slice_scatter slogdet softmax sort split sqrt square
squeeze std sub subtract sum svd swapaxes swapdims t take take_along_dim tan tanh tensor_split tile topk trace transpose
tril triu true_divide trunc unbind unflatten unique unique_consecutive unsqueeze var vdot view_as_complex
view_as_real vsplit where xlogy detach log_softmax cumulative_trapezoid
"""
FUNCTIONS = """
arange as_tensor asarray atleast_1d atleast_2d atleast_3d block_diag broadcast_shapes broadcast_tensors can_cast
cartesian_prod cat
cdist column_stack combinations complex concat concatenate dstack einsum empty empty_like empty_strided eye
from_numpy full full_like hstack is_tensor is_storage linspace logspace manual_seed meshgrid normal ones ones_like polar
promote_types rand rand_like randint randint_like randn randn_like randperm result_type row_stack scalar_tensor seed
initial_seed stack std_mean tensor tensordot trapezoid trapz tril_indices triu_indices vander var_mean vstack zeros
zeros_like is_grad_enabled get_default_dtype numel hann_window hamming_window bartlett_window blackman_window
"""
METHODS = """
backward bfloat16 bool byte cfloat cdouble char cos contiguous cpu cuda data_ptr dense_dim dim double element_size
expand
expand_as fill_diagonal_ float get_device half int is_contiguous item long ndimension nelement new_empty
new_full new_ones new_tensor new_zeros new_empty_strided numpy repeat requires_grad_ reshape_as resize_ resize_as_
retain_grad set_ short size stride storage_offset sum_to_size to tolist type type_as unfold view view_as
as_strided_ t_ transpose_ squeeze_ unsqueeze_ swapaxes_ swapdims_ detach_ copy_ fill_ zero_ random_ normal_ uniform_
exponential_ bernoulli_ cauchy_ geometric_ log_normal_ index_put index_put_ index_add_ index_copy_ index_fill_ scatter_
scatter_add_ masked_fill_ masked_scatter_ put_ tril_ triu_ clip_ clamp_ clamp_min_ clamp_max_ is_inference
"""
IN_PLACE = """
abs absolute acos acosh add addbmm addcdiv addcmul addmm addmv addr arccos arccosh arcsin arcsinh arctan arctan2 arctanh
asin asinh atan atan2 atanh baddbmm bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift
bitwise_xor ceil conj_physical copysign cos cosh cumprod cumsum deg2rad digamma div divide eq erf erfc erfinv exp exp2
expm1 fix float_power floor floor_divide fmod frac gcd ge greater greater_equal gt heaviside hypot i0 lcm ldexp le lerp
less less_equal lgamma log log10 log1p log2 logical_and logical_not logical_or logical_xor logit lt mul multiply
nan_to_num ne neg negative nextafter not_equal polygamma pow rad2deg reciprocal relu remainder renorm round rsqrt sgn
sigmoid sign sin sinc sinh sqrt square sub subtract tan tanh true_divide trunc xlogy
"""
PROPERTIES = """
H T data device dtype grad grad_fn imag is_cpu is_cuda is_leaf is_meta is_mps is_sparse itemsize layout mH mT nbytes
ndim output_nr real requires_grad retains_grad shape is_quantized is_nested
"""
SETTABLE = frozenset({"requires_grad", "grad", "data"})
CONSTANTS = """
float16 float32 float64 bfloat16 half float double int8 int16 int32 int64 short int long uint8 uint16 uint32 uint64
bool complex32 complex64 complex128 cfloat cdouble chalf float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz
float8_e8m0fnu float4_e2m1fn_x2 inf nan pi e strided contiguous_format channels_last channels_last_3d
preserve_format newaxis
"""
LEGACY = """
FloatTensor DoubleTensor HalfTensor BFloat16Tensor ByteTensor CharTensor ShortTensor IntTensor LongTensor BoolTensor
"""
FUNCTIONAL = """
adaptive_avg_pool1d adaptive_avg_pool2d alpha_dropout avg_pool1d avg_pool2d avg_pool3d
binary_cross_entropy binary_cross_entropy_with_logits celu conv1d conv2d conv3d conv_transpose1d conv_transpose2d
cosine_embedding_loss cosine_similarity cross_entropy dropout elu embedding gelu glu group_norm gumbel_softmax
hardshrink hardsigmoid hardswish hardtanh hinge_embedding_loss huber_loss instance_norm interpolate kl_div
l1_loss layer_norm leaky_relu linear log_softmax logsigmoid margin_ranking_loss max_pool1d max_pool2d mish mse_loss
nll_loss normalize one_hot pad pairwise_distance pixel_shuffle pixel_unshuffle prelu relu relu6 rms_norm
scaled_dot_product_attention selu sigmoid silu smooth_l1_loss softmax softmin softplus softshrink softsign tanh
tanhshrink
threshold triplet_margin_loss unfold fold elu_ relu_ leaky_relu_ hardtanh_ selu_ celu_
"""
LINALG = """
cholesky cond cross det diagonal eig eigh eigvals eigvalsh inv lstsq lu matmul matrix_exp matrix_norm matrix_power
matrix_rank multi_dot norm pinv qr slogdet solve svd svdvals vander vecdot vector_norm
"""
FFT = "fft ifft rfft irfft fft2 ifft2 fftn ifftn rfft2 irfft2 fftfreq rfftfreq fftshift ifftshift"
# What the fields of torch's own result tuples are called.
RESULT_FIELDS = frozenset(words(
    "values indices Q R U S V Vh L LU P pivots info sign logabsdet eigenvalues eigenvectors solution residuals rank "
    "singular_values mantissa exponent min max hist bin_edges counts inverse"
))
# Asked for often, and about files: the answer points to Open and Save.
FILES = frozenset(words(
    "load save from_file hub serialization package open_file load_state_dict UntypedStorage Storage"
))
REFUSALS = {
    "set_default_dtype": "The default dtype belongs to the whole program: give dtype= where a tensor is made.",
    "set_default_device": "The default device is chosen on the command line, --device.",
    "set_default_tensor_type": "The default dtype belongs to the whole program: give dtype= where a tensor is made.",
    "set_num_threads": "How many threads compute belongs to the whole program.",
    "vmap": "Functions that take functions are not offered.",
    "compile": "Nothing is compiled here.",
    "sparse_coo_tensor": "Sparse tensors have no storage to look at; the console has none.",
}
NAMED = frozenset(words("names refine_names rename rename_ align_to align_as has_names align_tensors"))
